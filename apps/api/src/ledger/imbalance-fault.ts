import { randomUUID } from 'node:crypto';
import { defineFault, execute, expiresInSeconds } from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { z } from 'zod';
import { openWallets } from './wallets.ts';

const missingCents = z.number().int().min(1).max(1_000_000).default(1);

/** An unbalanced pair of entries on the wallet reserved for tests. */
export function ledgerFaults(pool: Pool, logger: Logger) {
  const report = (error: unknown) =>
    logger.warn({ event: 'ledger_imbalance_failed', err: error }, 'test wallet not changed');
  return {
    ledgerImbalance: defineFault(
      z.strictObject({ missingCents, expiresInSeconds }),
      ({ missingCents }) => {
        const written = writeImbalance(pool, missingCents).catch(report);
        return () => void written.then(() => repairTestWallet(pool)).catch(report);
      },
    ),
  };
}

const amountCents = 1_000_000;

async function writeImbalance(pool: Pool, missingCents: number): Promise<void> {
  const [walletId] = await openWallets(pool, [{ kind: 'test' }]);
  const postingId = randomUUID();
  const key = `test_${postingId}`;
  await execute(pool)`
    INSERT INTO ledger.entries (posting_id, wallet_id, amount_cents, entry_type, idempotency_key)
    VALUES
      (${postingId}, ${walletId}, ${-amountCents}, 'test_debit', ${`${key}_debit`}),
      (${postingId}, ${walletId}, ${amountCents - missingCents}, 'test_credit', ${`${key}_credit`})`;
}

/**
 * Balances the postings of the test wallet with correction entries, because entries are immutable.
 * Also called at the start, for a process that ended with the fault active.
 */
export async function repairTestWallet(pool: Pool): Promise<void> {
  await execute(pool)`
    INSERT INTO ledger.entries (posting_id, wallet_id, amount_cents, entry_type, idempotency_key)
    SELECT posting_id, wallet_id, -sum(amount_cents), 'test_correction',
      'test_' || posting_id || '_correction'
    FROM ledger.entries WHERE wallet_id = (SELECT id FROM ledger.wallets WHERE kind = 'test')
    GROUP BY posting_id, wallet_id HAVING sum(amount_cents) <> 0
    ON CONFLICT (idempotency_key) DO NOTHING`;
}
