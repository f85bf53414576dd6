import { setTimeout as sleep } from 'node:timers/promises';
import type { Telemetry } from '@watchkeeper/telemetry';
import pg from 'pg';

/** A connection of its own that listens to the notifications of the database. */
export interface Listener {
  readonly isConnected: boolean;
  /** Resolves once it listens; rejects if it can't connect at first, and then retries all the same. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ListenerOptions {
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

/** Creates a listener that reconnects with back-off, after a half-open connection as well. */
export function createListener({ logger }: Telemetry, options: ListenerOptions): Listener {
  const { channels, onNotification, onReconnected, heartbeatMs = 10_000 } = options;
  let client: pg.Client | undefined;
  let reconnects = 0;
  let heartbeat: NodeJS.Timeout | undefined;
  let isAwaitingAnswer = false;
  const stopping = new AbortController();

  async function connect(): Promise<void> {
    const next = createClient(options);
    next.on('notification', ({ channel, payload = '' }) => onNotification(channel, payload));
    // Some losses emit both; an `error` without a listener would end the process.
    next.on('error', (error) => handleLoss(next, error));
    next.on('end', () => handleLoss(next, new Error('The connection ended.')));
    try {
      await next.connect();
      for (const channel of channels) await next.query(`LISTEN ${channel}`);
    } catch (error) {
      closeQuietly(next);
      throw error;
    }
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
    void reconnect();
  }

  async function reconnect(): Promise<void> {
    for (let delayMs = retryMs.first; ; delayMs = Math.min(delayMs * 2, retryMs.max)) {
      try {
        const jittered = delayMs * (0.75 + Math.random() / 2);
        await sleep(jittered, undefined, { ref: false, signal: stopping.signal });
        reconnects += 1;
        await connect();
        return stopping.signal.aborted ? undefined : onReconnected();
      } catch {
        if (stopping.signal.aborted) return;
        // Logged when it was lost; the pool's metrics and `/ready` show that the database is down.
      }
    }
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
    async start() {
      heartbeat = setInterval(() => void sendHeartbeat(), heartbeatMs).unref();
      await connect().catch((error: unknown) => {
        reconnectAfter(error);
        throw error;
      });
    },
    async stop() {
      stopping.abort();
      clearInterval(heartbeat);
      await client?.end().catch(() => {});
    },
  };
}

function createClient({ databaseUrl, applicationName }: ListenerOptions): pg.Client {
  return new pg.Client({
    connectionString: databaseUrl,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  });
}

/** Without waiting: the peer of a half-open connection never answers. */
function closeQuietly(client: pg.Client): void {
  client.end().catch(() => {});
}
