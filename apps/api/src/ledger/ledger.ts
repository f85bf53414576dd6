import { randomUUID } from 'node:crypto';
import { queryRows } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { ClientBase } from 'pg';
import { apiMetrics } from '../catalogue.ts';

/** Money into a wallet (positive) or out of it (negative). */
interface Entry {
  readonly walletId: string;
  readonly amountCents: number;
  readonly type: string;
  /** Identifies the entry's purpose, so that it can't be booked twice. */
  readonly idempotencyKey: string;
}

/** Entries that sum to zero. */
export interface Posting {
  readonly paymentId?: string;
  readonly entries: readonly Entry[];
}

export type Ledger = ReturnType<typeof createLedger>;

/** The booked entries do not sum to zero; the transaction must not be committed. */
class LedgerInvariantError extends Error {
  override readonly name = 'LedgerInvariantError';
}

/** Counts and logs postings out of balance; separately, because the audit logs each only once. */
export function createViolationReport({ declareMetrics, logger }: Telemetry) {
  const violations = declareMetrics(apiMetrics).counter('ledger_invariant_violations_total');
  return {
    count: () => violations.increment(),
    log(postingId: string, paymentId: string | null | undefined, sum: number): void {
      const fields = { posting_id: postingId, sum_actual: sum, sum_expected: 0 };
      logger.error(
        { event: 'ledger_invariant_violated', payment_id: paymentId, ...fields },
        'ledger posting out of balance',
      );
    },
  };
}

/** The ledger checks each posting as stored by the database. */
export function createLedger(telemetry: Telemetry) {
  const violations = createViolationReport(telemetry);
  return {
    /**
     * Books a posting in the transaction of `client`; one that exists is left unchanged.
     * @returns whether it was new
     * @throws LedgerInvariantError if the stored entries do not sum to zero: roll back
     */
    async record(client: ClientBase, { paymentId, entries }: Posting): Promise<boolean> {
      const postingId = randomUUID();
      // A share of a cent may round to zero, which makes no entry.
      const moving = entries.filter(({ amountCents }) => amountCents !== 0);
      const stored = await insert(client, postingId, paymentId, moving);
      const sum = stored.reduce((total, { amount }) => total + amount, 0);
      const isWhole = stored.length === 0 || stored.length === moving.length;
      if (sum === 0 && isWhole) return stored.length > 0;
      violations.count();
      violations.log(postingId, paymentId, sum);
      throw new LedgerInvariantError(`Expected posting \`${postingId}\` to be complete and to sum to 0,
        got ${stored.length} entries that sum to ${sum}.`);
    },
  };
}

/** Returns the stored amounts, so that the check needs no second query. */
function insert(
  client: ClientBase,
  postingId: string,
  paymentId: string | undefined,
  entries: readonly Entry[],
) {
  const walletIds = entries.map(({ walletId }) => walletId);
  const amounts = entries.map(({ amountCents }) => amountCents);
  const types = entries.map(({ type }) => type);
  const keys = entries.map(({ idempotencyKey }) => idempotencyKey);
  return queryRows<{ amount: number }>(client)`
    INSERT INTO ledger.entries
      (posting_id, payment_id, wallet_id, amount_cents, entry_type, idempotency_key)
    SELECT ${postingId}, ${paymentId}, *
    FROM unnest(${walletIds}::uuid[], ${amounts}::bigint[], ${types}::text[], ${keys}::text[])
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING amount_cents::float8 AS amount`;
}
