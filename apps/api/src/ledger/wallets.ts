import type { ClientBase, Pool } from 'pg';

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

/** The pool, or the client of a transaction. */
export type Queryable = Pool | ClientBase;

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
  if (found.every((id) => id !== null)) return found as string[];
  await queryable.query(
    `INSERT INTO ledger.wallets (kind, owner_id) SELECT * FROM unnest($1::text[], $2::uuid[])
     ON CONFLICT DO NOTHING`,
    [kinds, owners],
  );
  return (await findWallets(queryable, kinds, owners)) as string[];
}

async function findWallets(queryable: Queryable, kinds: string[], owners: string[]) {
  const { rows } = await queryable.query<{ id: string | null }>(
    `SELECT w.id FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS wanted (kind, owner_id, at)
     LEFT JOIN ledger.wallets w USING (kind, owner_id) ORDER BY wanted.at`,
    [kinds, owners],
  );
  return rows.map(({ id }) => id);
}

/** In cents. */
export async function readBalance(queryable: Queryable, walletId: string): Promise<number> {
  const { rows } = await queryable.query<{ balance: number }>(
    `SELECT coalesce(sum(amount_cents), 0)::float8 AS balance
     FROM ledger.entries WHERE wallet_id = $1`,
    [walletId],
  );
  return rows[0]?.balance ?? 0;
}
