import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Component, RunContext } from './component.ts';

function adminPasswordFile({ folder }: RunContext): string {
  const file = join(folder.secrets, 'grafana-admin-password');
  if (!existsSync(file))
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
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
      // Links for the reader's browser; the provisioned data sources name this variable.
      JAEGER_URL: context.has('jaeger') ? context.url('jaeger') : 'http://localhost:16686',
      GF_PATHS_PROVISIONING: join(context.folder.config, 'grafana', 'provisioning'),
      GF_PATHS_DATA: join(context.folder.data, 'grafana'),
      GF_PATHS_LOGS: join(context.folder.logs, 'grafana'),
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SERVER_HTTP_PORT: String(context.port('grafana')),
      GF_SERVER_ROOT_URL: context.url('grafana'),
      GF_SECURITY_ADMIN_PASSWORD: `$__file{${adminPasswordFile(context)}}`,
      GF_SECURITY_DISABLE_GRAVATAR: 'true',
      // Whoever reaches the loopback may look; to change something takes the password.
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      // The bundled data sources suffice; the installer would ask the network at every start.
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
      GF_PLUGINS_PREINSTALL_AUTO_UPDATE: 'false',
      GF_NEWS_NEWS_FEED_ENABLED: 'false',
    },
  }),
  probe: (context) => ({ kind: 'http', url: `${context.url('grafana')}/api/health` }),
};
