import { appsWithDatabase } from '../compose-file.ts';
import { postgresProgram } from '../postgres/binaries.ts';
import { database, type Passwords, prepareData } from '../postgres/data.ts';
import { findPostgresHome } from '../postgres/home.ts';
import { readSecret } from '../secrets.ts';
import type { Component, RunContext } from './component.ts';

/** With the superuser's password, for tools and tests; no service has it. */
export function databaseUrl({ folder, port }: RunContext): string {
  const password = readSecret(folder, 'database-password');
  return `postgresql://galley:${password}@127.0.0.1:${port('postgres')}/${database}?sslmode=disable`;
}

function readPasswords(folder: RunContext['folder']): Passwords {
  const read = (name: string) => readSecret(folder, name);
  const ofServices = appsWithDatabase.flatMap((app) => [
    [app, read(`${app}-database-password`)],
    [`${app}_owner`, read(`${app}-owner-password`)],
  ]);
  return {
    galley: read('database-password'),
    monitor: read('monitor-password'),
    dashboards: read('dashboards-password'),
    backup: read('backup-database-password'),
    ...Object.fromEntries(ofServices),
  };
}

export const postgres: Component = {
  name: 'postgres',
  source: { kind: 'postgres' },
  ports: { sql: { composePort: 5432, variable: 'POSTGRES_PORT' } },
  address: (context) => `postgresql://127.0.0.1:${context.port('postgres')}/${database}`,
  launch: async (context) => {
    const home = findPostgresHome(context.folder.data, context.program('postgres').path);
    const data = await prepareData(home, readPasswords(context.folder));
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${context.port('postgres')}`,
      // A socket file has a path of at most 107 bytes and would need one more folder to clean up.
      'unix_socket_directories=',
      'timezone=UTC',
      'log_timezone=UTC',
    ];
    return {
      command: postgresProgram(home.binaries, 'postgres'),
      args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      cwd: home.folder,
      ...home.user,
    };
  },
  probe: ({ folder, port }) => ({
    kind: 'postgres',
    port: port('postgres'),
    user: 'galley',
    password: readSecret(folder, 'database-password'),
  }),
  // The fast shutdown: clients are disconnected, nothing is lost. SIGTERM would wait for them.
  stopSignal: 'SIGINT',
};
