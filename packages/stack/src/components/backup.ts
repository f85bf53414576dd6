import { delimiter, dirname, join } from 'node:path';
import { composeServices } from '../compose-file.ts';
import type { Component } from './component.ts';
import { composeEnvironment } from './compose-environment.ts';

/** Dumps the database every day, with the script of the compose files and the tools of PostgreSQL. */
export const backup: Component = {
  name: 'backup',
  source: {
    kind: 'tool',
    tool: 'pg-dump',
    absenceCost: 'the database is not backed up; PostgresBackupOld fires after an hour',
  },
  ports: {},
  startsAfter: Object.keys(composeServices.backup?.depends_on ?? {}),
  configFolders: ['backup'],
  address: ({ folder }) => join(folder.data, 'backup'),
  launch: (context) => {
    const { PATH = '' } = context.settings.environment;
    return {
      command: '/bin/sh',
      args: [join(context.folder.config, 'backup', 'backup.sh')],
      env: {
        ...composeEnvironment('backup', context),
        // pg_restore is beside pg_dump.
        PATH: [dirname(context.program('backup').path), PATH].join(delimiter),
      },
    };
  },
  // Left by the first attempt, or by an earlier run.
  probe: ({ folder }) => ({
    kind: 'file',
    path: join(folder.data, 'textfiles', 'postgres-backup.prom'),
  }),
};
