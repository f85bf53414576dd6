import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { LossListener } from './batched-lines.ts';

const batchHeader = 'x-log-batch';
// Published by Node's fetch for each request: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
const answered = 'undici:request:headers';
const failed = 'undici:request:error';

interface RequestMessage {
  readonly request: { readonly headers: readonly string[] };
  readonly response?: { readonly statusCode: number };
}

// Several services may log from one process, as in tests; a batch is of one of them.
let batchCount = 0;

/**
 * Follows batches of lines to Loki by a header that each request carries. pino-loki only logs a lost
 * batch to standard error, and does not report lines dropped by its full buffer. Both are detected
 * from outside: the former by the result of its request, the latter by a gap in the sequence numbers.
 */
export function trackDeliveries(onDrop: LossListener['onDrop']) {
  const pending = new Map<string, number>();
  let nextSequence = 0;
  let batchLines = 0;

  function settle(message: unknown): void {
    const { request, response } = message as RequestMessage;
    const id = request.headers[request.headers.indexOf(batchHeader) + 1] ?? '';
    const lines = pending.get(id);
    // Another's request, or one that failed a second time when its connection was closed.
    if (lines === undefined) return;
    pending.delete(id);
    if (response === undefined || response.statusCode >= 300) onDrop('write_failed', lines);
  }

  subscribe(answered, settle);
  subscribe(failed, settle);
  return {
    /** Call it for each line of a batch, in order. */
    add(sequence: number): void {
      if (sequence > nextSequence) onDrop('buffer_full', sequence - nextSequence);
      nextSequence = sequence + 1;
      batchLines += 1;
    },
    /** For the request of the batch whose lines were added since the request before. */
    headers: {
      // Read once for each request, right after its lines were formatted.
      get [batchHeader]() {
        batchCount += 1;
        const id = String(batchCount);
        if (batchLines > 0) pending.set(id, batchLines);
        batchLines = 0;
        return id;
      },
    },
    stop(): void {
      unsubscribe(answered, settle);
      unsubscribe(failed, settle);
    },
  };
}
