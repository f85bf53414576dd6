import type { Telemetry } from '@watchkeeper/telemetry';
import pg from 'pg';

/** What is listened to, and by whom. */
export interface ListenerOptions {
  readonly databaseUrl: string;
  /** A name in lower case; a constant. */
  readonly channel: string;
  onNotification(): void;
}

// Polling goes on meanwhile, so nothing is lost by not hurrying.
const reconnectMs = 1_000;

/**
 * Listens to a channel on a connection of its own, and connects again whenever that breaks.
 * @returns what ends it
 */
export function startListener(
  { databaseUrl, channel, onNotification }: ListenerOptions,
  { logger }: Telemetry,
): () => Promise<void> {
  let isStopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isLost = false;

  function lose(lost: pg.Client, error: unknown): void {
    // One break may be told several times over.
    if (isStopped || client !== lost) return;
    client = undefined;
    lost.end().catch(() => {
      // It is broken, which is why it is ended.
    });
    if (!isLost) logger.warn({ event: 'outbox_listener_lost', err: error }, 'listener lost');
    isLost = true;
    timer = setTimeout(() => void connect(), reconnectMs);
  }

  async function connect(): Promise<void> {
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'worker',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client = fresh;
    fresh.on('error', (error) => lose(fresh, error));
    fresh.on('end', () => lose(fresh, new Error('The connection ended.')));
    fresh.on('notification', onNotification);
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${channel}`);
      isLost = false;
      // Something may have been announced while nobody listened.
      onNotification();
    } catch (error) {
      lose(fresh, error);
    }
  }

  const connecting = connect();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await connecting;
    await client?.end();
  };
}
