import { postgresProgram } from '../postgres/binaries.ts';
import { database, prepareData } from '../postgres/data.ts';
import { findPostgresHome } from '../postgres/home.ts';
import { readSecret } from '../secrets.ts';
import type { Component, RunContext } from './component.ts';

/** With the owner's password. */
export function databaseUrl({ folder, port }: RunContext): string {
  const password = readSecret(folder, 'database-password');
  return `postgresql://galley:${password}@127.0.0.1:${port('postgres')}/${database}?sslmode=disable`;
}

export const postgres: Component = {
  name: 'postgres',
  source: { kind: 'postgres' },
  ports: { sql: { composePort: 5432, variable: 'POSTGRES_PORT' } },
  address: (context) => `postgresql://127.0.0.1:${context.port('postgres')}/${database}`,
  launch: async (context) => {
    const home = findPostgresHome(context.folder.data, context.program('postgres').path);
    const data = await prepareData(home, {
      galley: readSecret(context.folder, 'database-password'),
      monitor: readSecret(context.folder, 'monitor-password'),
      dashboards: readSecret(context.folder, 'dashboards-password'),
    });
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
