import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { StackState, StateFolder } from '@watchkeeper/stack';
import { repositoryRoot } from '@watchkeeper/stack';
import type { Rows, Session } from './system.ts';

interface Client {
  connect(): Promise<void>;
  query(query: { text: string; rowMode: 'array' }): Promise<{ rows: unknown[][] | undefined }>;
  end(): Promise<void>;
  on(event: 'error', listener: () => void): void;
}

// Galley's own driver: the scripts have no need of it but this one.
const require = createRequire(join(repositoryRoot, 'packages/galley/package.json'));
const { Client: PgClient } = require('pg') as { Client: new (options: object) => Client };

function createClient(state: StackState, folder: StateFolder): Client {
  const client = new PgClient({
    host: '127.0.0.1',
    port: state.components.postgres?.ports.sql,
    user: 'galley',
    password: readFileSync(join(folder.secrets, 'database-password'), 'utf8'),
    database: 'galley',
    application_name: 'drill',
    connectionTimeoutMillis: 10_000,
  });
  // The database may go away: that may be the drill.
  client.on('error', () => {});
  return client;
}

/** Runs one statement on the native mode's database. */
export async function runSql(
  state: StackState,
  folder: StateFolder,
  statement: string,
): Promise<Rows> {
  const client = createClient(state, folder);
  await client.connect();
  try {
    return (await client.query({ text: statement, rowMode: 'array' })).rows ?? [];
  } finally {
    await client.end().catch(() => {});
  }
}

/** Opens a connection to the native mode's database that stays open. */
export async function openSession(state: StackState, folder: StateFolder): Promise<Session> {
  const client = createClient(state, folder);
  await client.connect();
  return {
    run: async (text) => {
      await client.query({ text, rowMode: 'array' });
    },
    close: () => client.end().catch(() => {}),
  };
}
