import { setTimeout as sleep } from 'node:timers/promises';
import type { Telemetry } from '@watchkeeper/telemetry';
import pg from 'pg';

/** Hears the notifications of the database, on a connection of its own. */
export interface Listener {
  /** Resolves once it hears; rejects when it can't connect the first time. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What a listener does. */
export interface ListenerOptions {
  readonly databaseUrl: string;
  /** The channels; constants, since they become a part of a statement. */
  readonly channels: readonly string[];
  readonly onNotification: (channel: string, payload: string) => void;
  /** Called when it hears again after it did not: what was said in between is lost. */
  readonly onReconnected: () => void;
}

const retryMs = { first: 200, most: 5_000 };
// A connection that was cut without a word is noticed within two of these.
const checkMs = 10_000;

/** Makes a listener that reconnects by itself; `/ready` knows whether it hears. */
export function createListener(telemetry: Telemetry, options: ListenerOptions): Listener {
  const { logger, health } = telemetry;
  let client: pg.Client | undefined;
  let reconnects = 0;
  let isStopped = false;
  let checking: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const next = createClient(options.databaseUrl);
    next.on('notification', ({ channel, payload = '' }) =>
      options.onNotification(channel, payload),
    );
    // Both come for some losses; without a listener for the first the process would end.
    next.on('error', (error) => lose(next, error));
    next.on('end', () => lose(next, undefined));
    try {
      await next.connect();
      for (const channel of options.channels) await next.query(`LISTEN ${channel}`);
    } catch (error) {
      await next.end().catch(ignore);
      throw error;
    }
    client = next;
    logger.info({ event: 'listener_connected', reconnects }, 'listener connected');
  }

  function lose(lost: pg.Client, error: Error | undefined): void {
    if (client !== lost || isStopped) return;
    client = undefined;
    const fields = { retry_ms: retryMs.first, ...(error === undefined ? {} : { err: error }) };
    logger.warn({ event: 'listener_lost', ...fields }, 'listener lost');
    lost.end().catch(ignore);
    void reconnect();
  }

  async function reconnect(): Promise<void> {
    for (let delayMs = retryMs.first; !isStopped; delayMs = Math.min(delayMs * 2, retryMs.most)) {
      await sleep(delayMs * (0.75 + Math.random() / 2), undefined, { ref: false });
      if (isStopped) return;
      try {
        reconnects += 1;
        await connect();
        return options.onReconnected();
      } catch {
        // Said when it was lost; the database's own metrics and `/ready` say that it still is.
      }
    }
  }

  async function check(): Promise<void> {
    const checked = client;
    if (checked === undefined) return;
    await checked.query('SELECT 1').catch((error: Error) => lose(checked, error));
  }

  health.addCheck('listener', { isCritical: true }, async () => {
    if (client === undefined) throw new Error('Expected a connection that listens, got none.');
  });
  return {
    async start() {
      await connect();
      checking = setInterval(() => void check(), checkMs);
      checking.unref();
    },
    async stop() {
      isStopped = true;
      clearInterval(checking);
      await client?.end().catch(ignore);
    },
  };
}

function createClient(connectionString: string): pg.Client {
  return new pg.Client({
    connectionString,
    application_name: 'realtime listener',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
  });
}

// The connection is given up; that it does not end well changes nothing.
function ignore(): void {}
