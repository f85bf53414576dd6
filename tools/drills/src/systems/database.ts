import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repositoryRoot, type StackState, type StateFolder } from '@watchkeeper/stack';
import type { Rows, Session } from './system.ts';

interface Client {
  connect(): Promise<void>;
  query(query: { text: string; rowMode: 'array' }): Promise<{ rows: unknown[][] | undefined }>;
  end(): Promise<void>;
  on(event: 'error', listener: () => void): void;
}

// Galley's own driver, which no other tool needs.
const require = createRequire(join(repositoryRoot, 'packages/galley/package.json'));
const { Client: PgClient } = require('pg') as { Client: new (options: object) => Client };

async function connect(state: StackState, folder: StateFolder): Promise<Client> {
  const client = new PgClient({
    host: '127.0.0.1',
    port: state.components.postgres?.ports.sql,
    user: 'galley',
    password: readFileSync(join(folder.secrets, 'database-password'), 'utf8'),
    database: 'galley',
    application_name: 'drill',
    connectionTimeoutMillis: 10_000,
  });
  // The drill may be that the database stops.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Runs a statement on the native mode's database. */
export async function runSql(state: StackState, folder: StateFolder, text: string): Promise<Rows> {
  const client = await connect(state, folder);
  try {
    return (await client.query({ text, rowMode: 'array' })).rows ?? [];
  } finally {
    await client.end().catch(() => {});
  }
}

/** Opens a connection to the native mode's database that stays open. */
export async function openSession(state: StackState, folder: StateFolder): Promise<Session> {
  const client = await connect(state, folder);
  return {
    run: async (text) => void (await client.query({ text, rowMode: 'array' })),
    close: () => client.end().catch(() => {}),
  };
}
