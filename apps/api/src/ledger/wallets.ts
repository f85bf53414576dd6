import { execute, type Queryable, queryRow, queryRows } from '@watchkeeper/galley';

/** Wallets without an owner are the api's own accounts. */
type WalletKind =
  | 'customer'
  | 'restaurant'
  | 'courier'
  | 'courier_pool'
  | 'platform'
  | 'card'
  | 'cash'
  | 'promotions'
  | 'test';

export interface WalletName {
  readonly kind: WalletKind;
  readonly ownerId?: string;
}

const nobody = '00000000-0000-0000-0000-000000000000';

/**
 * Returns the ids in the order of the names, creating missing wallets.
 * Call it outside a serializable transaction, which would conflict when two create one.
 */
export async function openWallets(
  queryable: Queryable,
  names: readonly WalletName[],
): Promise<readonly string[]> {
  const kinds = names.map(({ kind }) => kind);
  const owners = names.map(({ ownerId = nobody }) => ownerId);
  const found = await findWallets(queryable, kinds, owners);
  if (found.every((id) => id !== null)) return found;
  await execute(queryable)`
    INSERT INTO ledger.wallets (kind, owner_id)
    SELECT * FROM unnest(${kinds}::text[], ${owners}::uuid[]) ON CONFLICT DO NOTHING`;
  return (await findWallets(queryable, kinds, owners)) as string[];
}

async function findWallets(queryable: Queryable, kinds: string[], owners: string[]) {
  const rows = await queryRows<{ id: string | null }>(queryable)`
    SELECT w.id
    FROM unnest(${kinds}::text[], ${owners}::uuid[]) WITH ORDINALITY AS wanted (kind, owner_id, at)
    LEFT JOIN ledger.wallets w USING (kind, owner_id) ORDER BY wanted.at`;
  return rows.map(({ id }) => id);
}

/** In cents. */
export async function readBalance(queryable: Queryable, walletId: string): Promise<number> {
  const row = await queryRow<{ balance: number }>(queryable)`
    SELECT coalesce(sum(amount_cents), 0)::float8 AS balance
    FROM ledger.entries WHERE wallet_id = ${walletId}`;
  return row?.balance ?? 0;
}
