import type { ClientBase, Pool, PoolClient } from 'pg';

/** The connection broke in a transaction, so it is unknown whether that was committed. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';

  constructor(cause: unknown) {
    super('The connection to the database was lost.', { cause });
  }
}

type Begin = 'BEGIN' | 'BEGIN ISOLATION LEVEL SERIALIZABLE';

/**
 * Runs `work` in one transaction of a client: committed when it resolves, rolled back when it rejects.
 * @throws ConnectionLostError if the rollback fails: the client is unusable
 */
export async function inTransaction<T>(
  client: ClientBase,
  work: () => Promise<T>,
  begin: Begin = 'BEGIN',
): Promise<T> {
  try {
    await client.query(begin);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      throw new ConnectionLostError(error);
    });
    throw error;
  }
}

/** Runs `work` in one transaction of a client of the pool; rejects with the error of `work`. */
export async function withTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  begin?: Begin,
): Promise<T> {
  const client = await pool.connect();
  let lost: ConnectionLostError | undefined;
  try {
    return await inTransaction(client, () => work(client), begin);
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    // The pool discards the connection below.
    lost = error;
    throw error.cause;
  } finally {
    client.release(lost);
  }
}
