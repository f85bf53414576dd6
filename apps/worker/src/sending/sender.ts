import { runInTraceContext, type Telemetry } from '@watchkeeper/telemetry';
import { type RetrySchedule, retryDelayMs } from '../retries/schedule.ts';
import { type Loop, startLoop } from '../running/loop.ts';
import { errorText, NonRetryableError, RefusedError } from './errors.ts';
import type { QueuedItem, SendingQueue } from './queue.ts';

export interface SenderOptions<T extends QueuedItem> {
  readonly name: string;
  readonly queue: SendingQueue<T>;
  readonly schedule: RetrySchedule;
  /** Attempts in flight at once. */
  readonly concurrency: number;
  readonly idleMs: number;
  /** Attempts to send an item; any error is retried except a `NonRetryableError`. */
  send(item: T, signal: AbortSignal): Promise<{ readonly status: number; readonly ok: boolean }>;
  /** Called when an item is dead-lettered. */
  onDead(item: T): void;
}

// Less than the draining phase's share of the shutdown deadline.
const graceMs = 2_000;

/** Starts a sender; when stopped, attempts in flight get two seconds, then are released. */
export function startSender<T extends QueuedItem>(
  { name, queue, schedule, concurrency, idleMs, send, onDead }: SenderOptions<T>,
  telemetry: Telemetry,
): Loop {
  const deadline = new AbortController();

  async function attempt(item: T): Promise<void> {
    try {
      const { ok, status } = await runInTraceContext(item.trace_context, () =>
        send(item, deadline.signal),
      );
      if (!ok) throw new RefusedError(status);
      await queue.finish(item, { statusCode: status });
    } catch (error) {
      if (deadline.signal.aborted) return queue.release(item);
      const delayMs =
        error instanceof NonRetryableError ? undefined : retryDelayMs(schedule, item.attempts);
      const statusCode = error instanceof RefusedError ? error.statusCode : undefined;
      await queue.finish(item, { error: errorText(error), statusCode, retryDelayMs: delayMs });
      if (delayMs === undefined) onDead(item);
    }
  }

  const loop = startLoop(
    {
      name,
      idleMs,
      async run() {
        const items = await queue.claim(concurrency);
        await Promise.all(items.map(attempt));
        return items.length === concurrency;
      },
    },
    telemetry,
  );
  return {
    wake: loop.wake,
    stop() {
      const timer = setTimeout(() => deadline.abort(), graceMs);
      return loop.stop().finally(() => clearTimeout(timer));
    },
  };
}
