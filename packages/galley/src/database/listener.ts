import { setTimeout as sleep } from 'node:timers/promises';
import type { Telemetry } from '@watchkeeper/telemetry';
import pg from 'pg';

interface ListenerOptions {
  readonly databaseUrl: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Constants, because they become part of a statement. */
  readonly channels: readonly string[];
  readonly onNotification: (channel: string, payload: string) => void;
  /** Called when it listens again: notifications sent in between are lost. */
  readonly onReconnected: () => void;
  /** Between two heartbeat queries; 10 s by default. */
  readonly heartbeatMs?: number;
}

const retryMs = { first: 200, max: 5_000 };
// A half-open connection is noticed after one heartbeat interval and this timeout.
const queryTimeoutMs = 5_000;

/**
 * Creates a listener to the notifications of the database, with a connection of its own. It reconnects
 * with back-off, after a half-open connection as well.
 */
export function createListener({ logger }: Telemetry, options: ListenerOptions) {
  let client: pg.Client | undefined;
  let reconnects = 0;
  let heartbeat: NodeJS.Timeout | undefined;
  let isAwaitingAnswer = false;
  const stopping = new AbortController();

  async function connect(): Promise<void> {
    const next = await openClient(options, handleLoss);
    if (stopping.signal.aborted) return closeQuietly(next);
    client = next;
    logger.info({ event: 'listener_connected', reconnects }, 'listener connected');
  }

  function handleLoss(lost: pg.Client, error: unknown): void {
    if (client !== lost || stopping.signal.aborted) return;
    client = undefined;
    closeQuietly(lost);
    reconnectAfter(error);
  }

  function reconnectAfter(error: unknown): void {
    const fields = { retry_ms: retryMs.first, err: error };
    logger.warn({ event: 'listener_lost', ...fields }, 'listener lost');
    const reconnect = async () => {
      reconnects += 1;
      await connect();
      if (!stopping.signal.aborted) options.onReconnected();
    };
    void retry(reconnect, stopping.signal);
  }

  async function sendHeartbeat(): Promise<void> {
    const current = client;
    if (current === undefined || isAwaitingAnswer) return;
    isAwaitingAnswer = true;
    await current.query('SELECT 1').catch((error: unknown) => handleLoss(current, error));
    isAwaitingAnswer = false;
  }

  return {
    get isConnected() {
      return client !== undefined;
    },
    /** Resolves once it listens; rejects if it can't connect at first, and then retries all the same. */
    async start(): Promise<void> {
      heartbeat = setInterval(() => void sendHeartbeat(), options.heartbeatMs ?? 10_000).unref();
      await connect().catch((error: unknown) => {
        reconnectAfter(error);
        throw error;
      });
    },
    async stop(): Promise<void> {
      stopping.abort();
      clearInterval(heartbeat);
      await client?.end().catch(() => {});
    },
  };
}

async function openClient(
  { databaseUrl, applicationName, channels, onNotification }: ListenerOptions,
  onLoss: (client: pg.Client, error: unknown) => void,
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  });
  client.on('notification', ({ channel, payload = '' }) => onNotification(channel, payload));
  // Some losses emit both; an `error` without a listener would end the process.
  client.on('error', (error) => onLoss(client, error));
  client.on('end', () => onLoss(client, new Error('The connection ended.')));
  try {
    await client.connect();
    for (const channel of channels) await client.query(`LISTEN ${channel}`);
    return client;
  } catch (error) {
    closeQuietly(client);
    throw error;
  }
}

async function retry(attempt: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let delayMs = retryMs.first; ; delayMs = Math.min(delayMs * 2, retryMs.max)) {
    try {
      await sleep(delayMs * (0.75 + Math.random() / 2), undefined, { ref: false, signal });
      return await attempt();
    } catch {
      if (signal.aborted) return;
      // Logged when it was lost; the pool's metrics and `/ready` show that the database is down.
    }
  }
}

/** Without waiting: the peer of a half-open connection never answers. */
function closeQuietly(client: pg.Client): void {
  client.end().catch(() => {});
}
