import { isNativeError } from 'node:util/types';
import { runInTraceContext, type Telemetry } from '@watchkeeper/telemetry';
import { type RetrySchedule, retryDelayMs } from '../retries/schedule.ts';
import { type Loop, startLoop } from '../running/loop.ts';
import type { QueuedItem, SendingQueue, SendResult } from './queue.ts';

/** What a sender is made of. */
export interface SenderOptions<T extends QueuedItem> {
  readonly name: string;
  readonly queue: SendingQueue<T>;
  readonly schedule: RetrySchedule;
  /** How many are under way at once. */
  readonly concurrency: number;
  readonly idleMs: number;
  /**
   * Tries to send one.
   * @throws whatever went wrong; it is tried again, as after an answer that is no success
   */
  send(item: T, signal: AbortSignal): Promise<{ readonly statusCode?: number }>;
  /** Called when one is given up. */
  onDead(item: T): void;
}

/** A failure that trying again can't cure. */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
}

/** An answer that is no success. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly statusCode: number;

  constructor(statusCode: number) {
    super(`The receiver answered ${statusCode}.`);
    this.statusCode = statusCode;
  }
}

// Less than the share of the shutdown that the library leaves to draining.
const graceMs = 2_000;
const maxErrorLength = 500;

/** Starts a sender; once it is stopped, what is under way has two seconds left, then it is given back. */
export function startSender<T extends QueuedItem>(
  { name, queue, schedule, concurrency, idleMs, send, onDead }: SenderOptions<T>,
  telemetry: Telemetry,
): Loop {
  const hurry = new AbortController();

  async function trySend(item: T): Promise<void> {
    try {
      const { statusCode } = await runInTraceContext(item.trace_context, () =>
        send(item, hurry.signal),
      );
      const done = { status: 'done' as const, ...(statusCode === undefined ? {} : { statusCode }) };
      await queue.finish(item, done, undefined);
    } catch (error) {
      if (hurry.signal.aborted) return queue.giveBack(item);
      const isNonRetryable = error instanceof NonRetryableError;
      const delayMs = isNonRetryable ? undefined : retryDelayMs(schedule, item.attempts);
      await queue.finish(item, describe(error), delayMs);
      if (delayMs === undefined) onDead(item);
    }
  }

  const loop = startLoop(
    {
      name,
      idleMs,
      async run() {
        const items = await queue.claim(concurrency);
        await Promise.all(items.map(trySend));
        return items.length === concurrency;
      },
    },
    telemetry,
  );
  return {
    wake: loop.wake,
    stop() {
      const timer = setTimeout(() => hurry.abort(), graceMs);
      return loop.stop().finally(() => clearTimeout(timer));
    },
  };
}

function describe(error: unknown): SendResult {
  const text = isNativeError(error) ? `${error.name}: ${error.message}` : String(error);
  const statusCode = error instanceof RefusedError ? { statusCode: error.statusCode } : {};
  return { status: 'failed', error: text.slice(0, maxErrorLength), ...statusCode };
}
