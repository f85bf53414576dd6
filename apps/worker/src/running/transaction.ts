import type { ClientBase } from 'pg';

/**
 * Runs `work` in one transaction of a client that is kept: committed when it resolves, rolled back
 * when it rejects.
 * @throws ConnectionLostError when it could not be rolled back: the client is of no use any more
 */
export async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  try {
    await client.query('BEGIN');
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

/** The connection broke in a transaction; what that has come to, the database knows alone. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';

  constructor(cause: unknown) {
    super('The connection to the database was lost.', { cause });
  }
}
