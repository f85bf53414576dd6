import { instrumentFetch, type Telemetry } from '@watchkeeper/telemetry';
import type { AccountsConfiguration } from './config.ts';

export type TextMessages = ReturnType<typeof createTextMessages>;

export function createTextMessages(
  { url, timeoutMs }: AccountsConfiguration['sms'],
  { logger }: Telemetry,
) {
  const send = instrumentFetch(globalThis.fetch, { ownHosts: [] });
  const inFlight = new Set<Promise<void>>();

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
    /**
     * Sends in the background, so that the response time does not reveal whether a message was
     * sent. A failure is logged; the user can request another.
     */
    send(to: string, text: string): void {
      const delivery = deliver(to, text).finally(() => inFlight.delete(delivery));
      inFlight.add(delivery);
    },
    /** Resolves when no message is in flight. */
    settle: () => Promise.all(inFlight),
  };
}
