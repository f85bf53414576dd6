import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { defineFault, expiresInSeconds } from './fault.ts';

const connections = z.number().int().min(1).max(500);
const milliseconds = z.number().int().min(1).max(9_000).default(250);
const perSecond = z.number().min(0.1).max(200).default(5);

/** What can be done to a pool and its database. */
export function poolFaults(pool: Pool) {
  return {
    heldConnections: defineFault(
      z.strictObject({ connections, expiresInSeconds }),
      ({ connections }) => holdConnections(pool, connections),
    ),
    slowQueries: defineFault(
      z.strictObject({ milliseconds, perSecond, expiresInSeconds }),
      ({ milliseconds, perSecond }) => {
        const query = () => pool.query('SELECT pg_sleep($1)', [milliseconds / 1_000]).catch(ignore);
        const timer = setInterval(() => void query(), 1_000 / perSecond);
        timer.unref();
        return () => clearInterval(timer);
      },
    ),
  };
}

function holdConnections(pool: Pool, count: number): () => void {
  let isOver = false;
  const held: PoolClient[] = [];
  for (let i = 0; i < count; i += 1) {
    pool.connect().then((client) => {
      if (isOver) client.release();
      else held.push(client);
    }, ignore);
  }
  return () => {
    isOver = true;
    for (const client of held.splice(0)) client.release();
  };
}

// The pool's own metrics and lines tell of it; the fault has nothing to add.
function ignore(): void {}
