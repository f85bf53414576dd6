import { instrumentFetch, type Telemetry } from '@watchkeeper/telemetry';
import type { AccountsConfiguration } from './config.ts';

export interface TextMessages {
  /**
   * Sends in the background: nobody waits for a provider, and how long it takes tells nobody
   * whether there was anything to send. A failure is logged; the person can ask again.
   */
  send(to: string, text: string): void;
  /** Resolves when no message is in flight. */
  settle(): Promise<unknown>;
}

export function createTextMessages(
  { url, timeoutMs }: AccountsConfiguration['sms'],
  { logger }: Telemetry,
): TextMessages {
  const send = instrumentFetch(globalThis.fetch, { ownHosts: [] });
  const underway = new Set<Promise<void>>();

  function fail(startedAt: number, reason: object): void {
    const fields = { channel: 'sms', duration_ms: Math.round(performance.now() - startedAt) };
    logger.error(
      { event: 'notification_send_failed', ...fields, ...reason },
      'notification not sent',
    );
  }

  async function deliver(to: string, text: string): Promise<void> {
    const startedAt = performance.now();
    try {
      const response = await send(`${url}/sms/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ to, text }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      if (!response.ok) fail(startedAt, { status_code: response.status });
    } catch (error) {
      fail(startedAt, { err: error });
    }
  }

  return {
    send(to, text) {
      const delivery = deliver(to, text).finally(() => underway.delete(delivery));
      underway.add(delivery);
    },
    settle: () => Promise.all(underway),
  };
}
