import { setTimeout as sleep } from 'node:timers/promises';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { createBoundedQueue, instrumentQueue, type Telemetry } from '@watchkeeper/telemetry';

interface BatcherOptions<T> {
  /** The field `batch` of the log line about a failure. */
  readonly name: string;
  /** The label of the queue's metrics. */
  readonly type: 'ack' | 'other';
  readonly limit: number;
  readonly run: (items: readonly T[]) => Promise<void>;
}

const maxBatch = 200;
const retryMs = 500;

/**
 * Creates a batcher, which collects items while a batch is under way: under load one statement
 * serves many items. In a database outage it retries, until the queue is full and drops new items.
 */
export function createBatcher<T>(telemetry: Telemetry, options: BatcherOptions<T>) {
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
    // A turn later, so that items pushed together are one batch.
    await null;
    while (queue.size > 0) await runBatch(takeBatch(queue));
    running = undefined;
  }

  return {
    /** Adds an item; false if there is no room for it. */
    push(item: T): boolean {
      const hasRoom = queue.push(item);
      // Not in the context of the first item, because a batch belongs to many.
      running ??= context.with(ROOT_CONTEXT, drain);
      return hasRoom;
    },
    /** Resolves when every item so far has been processed or abandoned. */
    settled: async () => void (await running),
    /** From now on a failing batch is abandoned instead of retried. */
    stop(): void {
      isStopped = true;
    },
  };
}

function takeBatch<T>(queue: { shift(): T | undefined }): T[] {
  const items: T[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    items.push(item);
    if (items.length === maxBatch) break;
  }
  return items;
}
