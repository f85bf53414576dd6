import { setTimeout as sleep } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import { withTransaction } from '@watchkeeper/galley';
import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import type { Pool, PoolClient } from 'pg';
import { apiMetrics } from '../catalogue.ts';

export type RunSerializable = ReturnType<typeof createSerializable>;

// Source: https://www.postgresql.org/docs/18/errcodes-appendix.html
const retryable = { '40001': 'serialization_failure', '40P01': 'deadlock' } as const;

// With full jitter, twelve attempts serve a hundred rivals for one row within two seconds.
const maxAttempts = 12;
const firstDelayMs = 4;
const maxDelayMs = 250;

/**
 * Runs `work` in a serializable transaction. Retries conflicts with jitter, a limited number of times,
 * each counted.
 * @returns a function that throws HttpError 429 after the last attempt
 */
export function createSerializable(
  pool: Pool,
  { declareMetrics }: Telemetry,
  random: () => number = Math.random,
) {
  const retries = declareMetrics(apiMetrics).counter('db_transaction_retries_total');
  return async <T>(
    transaction: 'payment_capture' | 'payment_refund',
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await withTransaction(pool, work, 'BEGIN ISOLATION LEVEL SERIALIZABLE');
      } catch (error) {
        const reason = retryReason(error);
        if (reason === undefined) throw error;
        if (attempt === maxAttempts) {
          // Deliberate, and one caller suffices: 503 would open the gateway's circuit for everybody.
          throw new HttpError(429, 'Too many transactions at once. Send the request again.', {
            code: 'transaction_contended',
            cause: error,
          });
        }
        retries.increment({ transaction, reason });
        await sleep(random() * Math.min(maxDelayMs, firstDelayMs * 2 ** attempt));
      }
    }
  };
}

function retryReason(error: unknown) {
  if (!isNativeError(error) || !('code' in error)) return undefined;
  return retryable[error.code as keyof typeof retryable];
}
