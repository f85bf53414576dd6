import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool, PoolClient } from 'pg';
import type { WorkerFaults } from '../faults.ts';
import type { RetrySchedule } from '../retries/schedule.ts';
import { ConnectionLostError, inTransaction } from '../running/transaction.ts';
import type { Handler } from './event.ts';
import { createEventHandling } from './event-handling.ts';
import { claimEvents, markProcessed, readHandlings } from './store.ts';

/** What a consumer is made of. */
export interface ConsumerOptions {
  readonly pool: Pool;
  readonly handlers: readonly Handler[];
  readonly faults: WorkerFaults;
  readonly schedule: RetrySchedule;
  /** Events that are claimed at once. */
  readonly batchSize: number;
}

/** Drains the outbox, a batch at a time. */
export interface Consumer {
  /**
   * Handles what is due; stops after the event at hand when `stopping` is aborted, and gives the
   * rest back.
   */
  runBatch(stopping: AbortSignal): Promise<BatchReport>;
}

/** What a batch came to. */
export interface BatchReport {
  /** How many events it took. */
  readonly taken: number;
  /** Whether more may be waiting. */
  readonly isMore: boolean;
}

const nothing: BatchReport = { taken: 0, isMore: false };

/**
 * Makes a consumer. A batch holds two connections: one keeps its events locked, so that a worker that
 * dies gives them back at once; on the other each handler has a transaction of its own, so that what
 * it has done stays done whatever becomes of the batch.
 */
export function createConsumer(options: ConsumerOptions, telemetry: Telemetry): Consumer {
  const { pool, faults, batchSize } = options;
  const handleEvent = createEventHandling(options, telemetry);

  async function consume(
    claimer: PoolClient,
    worker: PoolClient,
    stopping: AbortSignal,
  ): Promise<BatchReport> {
    const events = await claimEvents(claimer, batchSize);
    if (events.length === 0) return nothing;
    const handlings = await readHandlings(claimer, events);
    const processed: string[] = [];
    for (const event of events) {
      if (stopping.aborted) break;
      const isDone = await handleEvent(event, handlings.get(event.id) ?? [], { claimer, worker });
      if (isDone) processed.push(event.rowId);
    }
    await markProcessed(claimer, processed);
    return { taken: events.length, isMore: events.length === batchSize };
  }

  return {
    async runBatch(stopping) {
      if (faults.get('pausedOutbox') !== undefined) return nothing;
      return withClients(pool, (claimer, worker) =>
        inTransaction(claimer, () => consume(claimer, worker, stopping)),
      );
    },
  };
}

/** Both are had before anything is claimed: a pool that is exhausted is no fault of an event. */
async function withClients<T>(
  pool: Pool,
  work: (claimer: PoolClient, worker: PoolClient) => Promise<T>,
): Promise<T> {
  const claimer = await pool.connect();
  let lost: Error | undefined;
  try {
    const worker = await pool.connect();
    try {
      return await work(claimer, worker);
    } catch (error) {
      if (error instanceof ConnectionLostError) lost = error;
      throw error;
    } finally {
      worker.release(lost);
    }
  } finally {
    claimer.release(lost);
  }
}
