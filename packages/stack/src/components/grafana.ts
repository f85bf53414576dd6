import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { secretFile } from '../secret-file.ts';
import { repositoryRoot } from '../state-folder.ts';
import type { Component } from './component.ts';

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

/** The part of Grafana's settings that is about this machine; the rest is in the shipped files. */
export const grafana: Component = {
  name: 'grafana',
  source: {
    kind: 'optional',
    commands: ['grafana'],
    versionArgs: ['--version'],
    file: 'grafana/provisioning',
    absenceCost: 'no dashboards; queries and alerts are in the Prometheus web page',
  },
  ports: { http: { composePort: 3000, fixedPort: 3001, variable: 'GRAFANA_PORT' } },
  startsAfter: [],
  configFolders: ['grafana'],
  paths: ({ folder }) => ({
    '/etc/grafana/provisioning': join(folder.config, 'grafana', 'provisioning'),
    '/etc/grafana/dashboards': join(folder.config, 'grafana', 'dashboards'),
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
      GF_PATHS_PROVISIONING: join(context.folder.config, 'grafana', 'provisioning'),
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
