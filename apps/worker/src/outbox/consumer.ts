import { ConnectionLostError, inTransaction } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Pool, PoolClient } from 'pg';
import { type BatchClients, createEventHandling, type HandlingOptions } from './event-handling.ts';
import { claimEvents, markProcessed, readHandlings } from './store.ts';

interface ConsumerOptions extends HandlingOptions {
  readonly pool: Pool;
  readonly batchSize: number;
}

interface BatchReport {
  readonly claimed: number;
  /** Whether more events may be pending. */
  readonly isMore: boolean;
}

const nothing: BatchReport = { claimed: 0, isMore: false };

/**
 * Creates a consumer of the outbox. A batch holds two connections: one keeps its events locked, so
 * that a dying worker releases them at once; on the other each handler has its own transaction, so
 * that its effect lasts whatever becomes of the batch.
 */
export function createConsumer(options: ConsumerOptions, telemetry: Telemetry) {
  const { pool, faults, batchSize } = options;
  const handleEvent = createEventHandling(options, telemetry);

  async function consume(clients: BatchClients, stopping: AbortSignal): Promise<BatchReport> {
    const { claimer } = clients;
    const events = await claimEvents(claimer, batchSize);
    if (events.length === 0) return nothing;
    const handlings = await readHandlings(claimer, events);
    const processed: string[] = [];
    for (const event of events) {
      if (stopping.aborted) break;
      const isDone = await handleEvent(event, handlings.get(event.id) ?? [], clients);
      if (isDone) processed.push(event.rowId);
    }
    await markProcessed(claimer, processed);
    return { claimed: events.length, isMore: events.length === batchSize };
  }

  return {
    /** Handles due events; once `stopping` is aborted, finishes the current one and releases the rest. */
    async runBatch(stopping: AbortSignal): Promise<BatchReport> {
      if (faults.get('pausedOutbox') !== undefined) return nothing;
      return withClients(pool, (claimer, worker) =>
        inTransaction(claimer, () => consume({ claimer, worker }, stopping)),
      );
    },
  };
}

/** Acquires both before anything is claimed: an exhausted pool is not the fault of an event. */
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
