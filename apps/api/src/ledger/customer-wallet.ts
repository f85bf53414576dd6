import { withTransaction } from '@watchkeeper/galley';
import type { Pool } from 'pg';
import type { Ledger } from './ledger.ts';
import { openWallets } from './wallets.ts';

// The demo has no bank to fill a wallet from; enough for some twenty orders.
const openingCreditCents = 100_000;

/**
 * Finds or creates a customer's wallet; a new one starts with a credit.
 * @returns its id
 */
export async function openCustomerWallet(pool: Pool, ledger: Ledger, customerId: string) {
  const [wallet = '', promotions = ''] = await openWallets(pool, [
    { kind: 'customer', ownerId: customerId },
    { kind: 'promotions' },
  ]);
  const entry = (side: string, walletId: string, amountCents: number) => ({
    ...{ walletId, amountCents, type: `opening_${side}` },
    idempotencyKey: `wallet_${wallet}_opening_${side}`,
  });
  const entries = [
    entry('promotion', promotions, -openingCreditCents),
    entry('credit', wallet, openingCreditCents),
  ];
  await withTransaction(pool, (client) => ledger.record(client, { entries }));
  return wallet;
}
