import { randomUUID } from 'node:crypto';
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

/** The ledger checks each posting as stored by the database. */
export function createLedger({ declareMetrics, logger }: Telemetry) {
  const violations = declareMetrics(apiMetrics).counter('ledger_invariant_violations_total');
  return {
    /**
     * Books a posting in the transaction of `client`; one that exists is left unchanged.
     * @returns whether it was new
     * @throws LedgerInvariantError if the stored entries do not sum to zero: roll back
     */
    async record(client: ClientBase, { paymentId, entries }: Posting): Promise<boolean> {
      const postingId = randomUUID();
      const stored = await insert(client, postingId, paymentId, entries);
      const sum = stored.reduce((total, cents) => total + cents, 0);
      const isWhole = stored.length === 0 || stored.length === entries.filter(isMoney).length;
      if (sum === 0 && isWhole) return stored.length > 0;
      violations.increment();
      const fields = { posting_id: postingId, sum_actual: sum, sum_expected: 0 };
      logger.error(
        { event: 'ledger_invariant_violated', payment_id: paymentId, ...fields },
        'ledger posting out of balance',
      );
      throw new LedgerInvariantError(`Expected posting \`${postingId}\` to be complete and to sum to 0,
        got ${stored.length} entries that sum to ${sum}.`);
    },
  };
}

// A share of a cent may round to zero, which makes no entry.
function isMoney({ amountCents }: Entry): boolean {
  return amountCents !== 0;
}

/** Returns the stored amounts, so that the check needs no second query. */
async function insert(
  client: ClientBase,
  postingId: string,
  paymentId: string | undefined,
  all: readonly Entry[],
): Promise<number[]> {
  const entries = all.filter(isMoney);
  const { rows } = await client.query<{ amount: number }>(
    `INSERT INTO ledger.entries
       (posting_id, payment_id, wallet_id, amount_cents, entry_type, idempotency_key)
     SELECT $1, $2, * FROM unnest($3::uuid[], $4::bigint[], $5::text[], $6::text[])
     ON CONFLICT (idempotency_key) DO NOTHING RETURNING amount_cents::float8 AS amount`,
    [
      postingId,
      paymentId ?? null,
      entries.map(({ walletId }) => walletId),
      entries.map(({ amountCents }) => amountCents),
      entries.map(({ type }) => type),
      entries.map(({ idempotencyKey }) => idempotencyKey),
    ],
  );
  return rows.map(({ amount }) => amount);
}
