import { describe, expect, test } from '@jest/globals';
import { composeServices } from '../compose-file.ts';
import { stateFolderAt } from '../state-folder.ts';
import { apps } from './apps.ts';
import type { RunContext } from './component.ts';
import { composeEnvironment } from './compose-environment.ts';
import { allComponents } from './index.ts';

/** A run of the named components, each port 40,000 above the compose files'. */
function createContext(names: string[], environment: NodeJS.ProcessEnv = {}): RunContext {
  const entries = allComponents
    .filter(({ name }) => names.includes(name))
    .flatMap(({ name, ports }) =>
      Object.values(ports).map(({ composePort }) => [
        `${name}:${composePort}`,
        `127.0.0.1:${composePort + 40_000}`,
      ]),
    );
  const settings = { environment, ports: {} };
  const folder = stateFolderAt('/state');
  return { addresses: Object.fromEntries(entries), settings, folder } as unknown as RunContext;
}

const everything = createContext(allComponents.map(({ name }) => name));

describe('composeEnvironment', () => {
  test.each(apps.map(({ name }) => name))('leaves nothing of a container to %s', (name) => {
    for (const value of Object.values(composeEnvironment(name, everything))) {
      expect(value).not.toMatch(/\$\{|^\/(run|var)\/|\.observability/);
      const [, host = ''] = /\/\/(?:\w+@)?([a-z-]+):/.exec(value ?? '') ?? [];
      expect(Object.keys(composeServices)).not.toContain(host);
    }
  });

  test('rewrites addresses, ports, paths and secrets, and takes the defaults of settings', () => {
    expect(composeEnvironment('api', everything)).toMatchObject({
      ADMIN_PASSWORD_FILE: '/state/secrets/readers/api/galley-admin-password',
      AI_BASE_URL: 'http://127.0.0.1:43000/ai/v1',
      DATABASE_URL: 'postgres://api@127.0.0.1:45432/galley',
      LOG_FILE: '/state/logs/api/api.log',
      LOG_LEVEL: 'info',
      METRICS_PORT: '49090',
      OBJECT_STORE_FOLDER: '/state/data/attachments',
      PORT: '43000',
    });
    expect(composeEnvironment('realtime', everything)).toMatchObject({
      WS_ALLOWED_ORIGINS: 'http://localhost:43000,http://127.0.0.1:43000',
    });
    expect(composeEnvironment('gateway', everything)).toMatchObject({
      API_MANAGEMENT_URL: 'http://127.0.0.1:49090',
    });
  });

  test('takes settings from the environment', () => {
    const context = createContext(['traffic'], { LOG_LEVEL: 'warn', TRAFFIC_RATE: '' });
    expect(composeEnvironment('traffic', context)).toMatchObject({
      LOG_LEVEL: 'warn',
      TRAFFIC_RATE: '20',
    });
  });

  test('leaves out addresses of an absent component, but not an upstream of the gateway', () => {
    const context = createContext(['gateway', 'oncall', 'prometheus']);
    const oncall = composeEnvironment('oncall', context);
    expect(oncall).toMatchObject({
      PROMETHEUS_QUERY_URL: 'http://127.0.0.1:49090',
      PROMETHEUS_URL: 'http://localhost:49090',
    });
    expect(Object.keys(oncall)).not.toContain('LOKI_QUERY_URL');
    expect(Object.keys(oncall)).not.toContain('JAEGER_URL');
    expect(composeEnvironment('gateway', context)).toMatchObject({ API_URL: 'http://127.0.0.1:9' });
  });

  test('leaves out or replaces values meant only for containers', () => {
    const environment = composeEnvironment('api', everything);
    expect(environment).toMatchObject({
      BIND_ADDRESS: '127.0.0.1',
      METRICS_BIND_ADDRESS: '127.0.0.1',
    });
    const names = Object.keys(environment);
    for (const name of ['LOG_SHIPPING', 'LOKI_URL', 'NODE_OPTIONS']) {
      expect(names).not.toContain(name);
    }
  });

  test("keeps Grafana's hardening", () => {
    expect(composeEnvironment('grafana', everything)).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
      GF_SERVER_ENFORCE_DOMAIN: 'true',
      GF_SECURITY_CONTENT_SECURITY_POLICY: 'true',
      GF_SECURITY_COOKIE_SECURE: 'false',
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/state/secrets/readers/grafana/admin-password',
    });
  });
});
