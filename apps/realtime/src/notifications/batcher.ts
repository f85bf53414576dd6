import { setTimeout as sleep } from 'node:timers/promises';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { createBoundedQueue, instrumentQueue, type Telemetry } from '@watchkeeper/telemetry';

/** Collects items while a batch of earlier ones is under way. */
export interface Batcher<T> {
  /** Adds an item; answers false where there is no room for it. */
  push(item: T): boolean;
  /** Resolves when everything so far is done, or was given up. */
  settled(): Promise<void>;
  /** Gives a batch that fails up from now on, instead of trying it again. */
  stop(): void;
}

/** What a batcher does. */
export interface BatcherOptions<T> {
  /** In the line of a failure. */
  readonly name: string;
  /** The label of the queue's metrics. */
  readonly type: 'ack' | 'other';
  readonly limit: number;
  readonly run: (items: readonly T[]) => Promise<void>;
}

const maxBatch = 200;
const retryMs = 500;

/**
 * Makes a batcher: under load one statement serves many items, and a database that is away holds
 * the batch up, until the queue is full and what comes is dropped and counted.
 */
export function createBatcher<T>(telemetry: Telemetry, options: BatcherOptions<T>): Batcher<T> {
  const { name, type, limit, run } = options;
  const queue = instrumentQueue(createBoundedQueue<T>({ limit, drop: 'newest' }), telemetry, {
    type,
  });
  let running: Promise<void> | undefined;
  let isStopped = false;

  async function runBatch(items: readonly T[]): Promise<void> {
    for (;;) {
      try {
        return await run(items);
      } catch (error) {
        const fields = { batch: name, size: items.length, err: error };
        telemetry.logger.warn({ event: 'batch_failed', ...fields }, 'batch failed');
        if (isStopped) return;
        await sleep(retryMs, undefined, { ref: false });
      }
    }
  }

  async function drain(): Promise<void> {
    // A turn later, so that what comes together goes together.
    await null;
    while (queue.size > 0) await runBatch(take(queue));
    running = undefined;
  }

  return {
    push(item) {
      const hasRoom = queue.push(item);
      // Not in the context of whoever came first: a batch is everybody's.
      running ??= context.with(ROOT_CONTEXT, drain);
      return hasRoom;
    },
    settled: async () => void (await running),
    stop() {
      isStopped = true;
    },
  };
}

function take<T>(queue: { shift(): T | undefined }): T[] {
  const items: T[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    items.push(item);
    if (items.length === maxBatch) break;
  }
  return items;
}
