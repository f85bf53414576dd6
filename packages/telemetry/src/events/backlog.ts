import { claimName } from '../operations/metered.ts';
import type { Telemetry } from '../telemetry.ts';

export interface OutboxBacklog {
  readonly pending: number;
  /** 0 if none is pending. */
  readonly oldestAgeSeconds: number;
}

interface BacklogOptions {
  /** Between the end of one reading and the next; default 5 s. */
  readonly intervalMs?: number;
}

/** Keeps `event_outbox_pending` and `event_outbox_oldest_age_seconds` up to date. */
export function watchOutbox(
  readPending: () => Promise<OutboxBacklog>,
  telemetry: Telemetry,
  options: BacklogOptions = {},
) {
  const pending = telemetry.metrics.gauge('event_outbox_pending');
  const oldestAge = telemetry.metrics.gauge('event_outbox_oldest_age_seconds');
  return watchBacklog('outbox', telemetry, options, async () => {
    const backlog = await readPending();
    pending.set(backlog.pending);
    oldestAge.set(backlog.oldestAgeSeconds);
  });
}

/** Keeps `webhook_pending` up to date. */
export function watchWebhooks(
  readPending: () => Promise<number>,
  telemetry: Telemetry,
  options: BacklogOptions = {},
) {
  const pending = telemetry.metrics.gauge('webhook_pending');
  return watchBacklog('webhooks', telemetry, options, async () => pending.set(await readPending()));
}

// A third of the usual scrape interval, so that a scrape finds figures younger than its last.
const defaultIntervalMs = 5_000;

/**
 * Reads beside the scrapes, never in one: a slow database would make the scrape time out. Runs until
 * the shutdown or `stop`, which resolves once the last reading has ended.
 * @throws TypeError if it is watched already: the gauges would alternate
 */
function watchBacklog(
  backlog: string,
  telemetry: Telemetry,
  { intervalMs = defaultIntervalMs }: BacklogOptions,
  read: () => Promise<void>,
) {
  const { logger, shutdown } = telemetry;
  const release = claimName(telemetry, 'backlog', backlog, 'Read both in one function.');
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let hasFailed = false;

  async function readOnce(): Promise<void> {
    try {
      await read();
      hasFailed = false;
    } catch (error) {
      // One line per outage: the gauges keep their last value meanwhile.
      if (!hasFailed) {
        logger.warn({ event: 'backlog_watch_failed', backlog, err: error }, 'backlog not read');
      }
      hasFailed = true;
    }
    if (isStopped) return;
    timer = setTimeout(() => {
      reading = readOnce();
    }, intervalMs).unref();
  }

  let reading = readOnce();

  const stop = (): Promise<void> => {
    isStopped = true;
    release();
    clearTimeout(timer);
    return reading;
  };
  shutdown.on('drain', `watch of the ${backlog}`, stop);
  return { stop };
}
