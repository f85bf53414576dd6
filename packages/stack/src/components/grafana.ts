import { join } from 'node:path';
import type { Component, RunContext } from './component.ts';
import { composeEnvironment, composePaths } from './compose-environment.ts';
import { findGrafanaHome } from './grafana-home.ts';

/** That of the compose files; Grafana itself reads the files that its image reads for `<name>__FILE`. */
function grafanaEnvironment(context: RunContext): NodeJS.ProcessEnv {
  const entries = Object.entries(composeEnvironment('grafana', context)).map(([name, value]) =>
    name.endsWith('__FILE') ? [name.replace(/__FILE$/, ''), `$__file{${value}}`] : [name, value],
  );
  return Object.fromEntries(entries);
}

function homeFlag({ program, settings }: RunContext): string[] {
  const home = findGrafanaHome(program('grafana').path, settings.environment);
  return home === undefined ? [] : [`--homepath=${home}`];
}

export const grafana: Component = {
  name: 'grafana',
  source: {
    kind: 'optional',
    commands: ['grafana'],
    versionArgs: ['--version'],
    file: 'grafana/provisioning',
    absenceCost: 'dashboards are read-only, at /dashboards of the inbox',
  },
  ports: { http: { composePort: 3000 } },
  configFolders: ['grafana'],
  launch: (context) => ({
    args: ['server', ...homeFlag(context)],
    env: {
      // Provisioned data sources name this variable, whether or not Jaeger takes part.
      JAEGER_URL: 'http://localhost:16686',
      ...grafanaEnvironment(context),
      GF_PATHS_PROVISIONING: composePaths('grafana', context)['/etc/grafana/provisioning'],
      GF_PATHS_DATA: join(context.folder.data, 'grafana'),
      GF_PATHS_LOGS: join(context.folder.logs, 'grafana'),
      GF_SERVER_HTTP_ADDR: '127.0.0.1',
      GF_SERVER_HTTP_PORT: String(context.port('grafana')),
    },
  }),
  probe: (context) => ({ kind: 'http', url: `${context.url('grafana')}/api/health` }),
};
