import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackState, StateFolder } from '@watchkeeper/stack';
import pg from 'pg';
import type { Rows, Session } from './system.ts';

async function connect(state: StackState, folder: StateFolder): Promise<pg.Client> {
  const client = new pg.Client({
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
