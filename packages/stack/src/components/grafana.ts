import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { readSecrets } from '../postgres/secrets.ts';
import { secretFile } from '../secret-file.ts';
import { repositoryRoot } from '../state-folder.ts';
import type { Component, RunContext } from './component.ts';
import { postgresSecretsFile } from './postgres.ts';

/** The compose file's settings but for those that name files and addresses of its container. */
export function shippedEnvironment(
  composeFile = join(repositoryRoot, 'docker-compose.monitoring.yml'),
): NodeJS.ProcessEnv {
  const model = parse(readFileSync(composeFile, 'utf8'), { merge: true }) as {
    services: { grafana: { environment: Record<string, string> } };
  };
  const { environment } = model.services.grafana;
  const isPortable = ([name, value]: [string, unknown]) =>
    name.startsWith('GF_') && !name.endsWith('__FILE') && !String(value).includes('${');
  return Object.fromEntries(Object.entries(environment).filter(isPortable));
}

function configFolder({ folder }: Pick<RunContext, 'folder'>, name: string): string {
  return join(folder.config, 'grafana', name);
}

/** A file with nothing but the password, for Grafana reads no other form. */
function dashboardsPasswordFile(context: Pick<RunContext, 'folder'>): string {
  const file = join(context.folder.secrets, 'dashboards-password');
  const { dashboards } = readSecrets(postgresSecretsFile(context));
  writeFileSync(file, dashboards, { mode: 0o600 });
  return file;
}

/** The part of Grafana's settings that is about this machine; the rest is in the shipped files. */
export const grafana: Component = {
  name: 'grafana',
  source: {
    kind: 'optional',
    commands: ['grafana'],
    versionArgs: ['--version'],
    file: 'grafana/provisioning',
    absenceCost: 'dashboards are read-only, at /dashboards of the inbox',
  },
  ports: { http: { composePort: 3000, fixedPort: 3001, variable: 'GRAFANA_PORT' } },
  startsAfter: [],
  configFolders: ['grafana'],
  paths: (context) => ({
    '/etc/grafana/provisioning': configFolder(context, 'provisioning'),
    '/etc/grafana/dashboards': configFolder(context, 'dashboards'),
    '/run/secrets/dashboards-password': dashboardsPasswordFile(context),
  }),
  launch: (context) => ({
    command: context.program('grafana').path,
    // A package has `bin/grafana` two levels below the folder with its web pages.
    args: ['server', `--homepath=${dirname(dirname(context.program('grafana').path))}`],
    cwd: context.folder.data,
    env: {
      ...shippedEnvironment(),
      // Links for the reader's browser; the provisioned data sources name this variable.
      JAEGER_URL: context.has('jaeger') ? context.url('jaeger') : 'http://localhost:16686',
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: join(
        configFolder(context, 'dashboards'),
        'overview.json',
      ),
      GF_PATHS_PROVISIONING: configFolder(context, 'provisioning'),
      GF_PATHS_DATA: join(context.folder.data, 'grafana'),
      GF_PATHS_LOGS: join(context.folder.logs, 'grafana'),
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SERVER_HTTP_PORT: String(context.port('grafana')),
      GF_SERVER_ROOT_URL: context.url('grafana'),
      GF_SECURITY_ADMIN_PASSWORD: `$__file{${secretFile(context, 'grafana-admin-password')}}`,
      GF_SECURITY_SECRET_KEY: `$__file{${secretFile(context, 'grafana-secret-key')}}`,
    },
  }),
  probe: (context) => ({ kind: 'http', url: `${context.url('grafana')}/api/health` }),
};
