import type { Logger } from '@watchkeeper/telemetry';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { defineFault, expiresInSeconds, repeat } from './fault.ts';
import { httpFaults } from './http-faults.ts';
import { processFaults } from './process-faults.ts';

const connections = z.number().int().min(1).max(500);
const milliseconds = z.number().int().min(1).max(9_000).default(250);
const perSecond = z.number().min(0.1).max(200).default(5);

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
        return repeat(1_000 / perSecond, () => void query());
      },
    ),
  };
}

/** The faults of every service that has a database. */
export function serviceFaults(pool: Pool, logger: Logger) {
  return { ...httpFaults, ...poolFaults(pool), ...processFaults(logger) };
}

function holdConnections(pool: Pool, count: number): () => void {
  let isEnded = false;
  const held: PoolClient[] = [];
  for (let i = 0; i < count; i += 1) {
    pool.connect().then((client) => {
      if (isEnded) client.release();
      else held.push(client);
    }, ignore);
  }
  return () => {
    isEnded = true;
    for (const client of held.splice(0)) client.release();
  };
}

// The pool's own metrics and log lines show the error.
function ignore(): void {}
