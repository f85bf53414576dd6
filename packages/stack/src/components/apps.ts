import { join } from 'node:path';
import type { PortSpec } from '../ports.ts';
import { secretFile } from '../secret-file.ts';
import { repositoryRoot } from '../state-folder.ts';
import type { Component, RunContext } from './component.ts';

/** What tells one app from the next. */
interface AppSpec {
  name: string;
  startsAfter: string[];
  /** The port that its customers use; a management port is added to every app. */
  publicPort?: PortSpec;
  environment(context: RunContext): NodeJS.ProcessEnv;
}

const managementPort: PortSpec = { composePort: 9090 };

function commonEnvironment(name: string, context: RunContext): NodeJS.ProcessEnv {
  const { folder, otlpEndpoint, settings } = context;
  return {
    BIND_ADDRESS: '127.0.0.1',
    METRICS_PORT: String(context.port(name, 'management')),
    METRICS_BIND_ADDRESS: '127.0.0.1',
    OTEL_SERVICE_NAME: name,
    // With nobody to take spans none is recorded, but lines keep their trace ids.
    ...(otlpEndpoint
      ? { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint }
      : { OTEL_TRACES_SAMPLER: 'always_off' }),
    LOG_LEVEL: settings.logLevel,
    LOG_FORMAT: 'json',
    LOG_FILE: join(folder.logs, name, `${name}.log`),
    SERVICE_VERSION: context.program(name).version,
    DEPLOYMENT_ENVIRONMENT: settings.environment.DEPLOYMENT_ENVIRONMENT ?? 'development',
    FAULTS_ENABLED: String(settings.faultsEnabled),
  };
}

function createAppComponent({ name, startsAfter, publicPort, environment }: AppSpec): Component {
  return {
    name,
    source: { kind: 'app' },
    ports: { ...(publicPort ? { public: publicPort } : {}), management: managementPort },
    startsAfter,
    launch: (context) => ({
      command: process.execPath,
      args: ['--import', '@watchkeeper/telemetry/instrumentation', context.program(name).path],
      cwd: join(context.appsFolder, name),
      env: {
        ...commonEnvironment(name, context),
        ...(publicPort ? { PORT: String(context.port(name, 'public')) } : {}),
        ...environment(context),
      },
    }),
    probe: (context) => ({ kind: 'http', url: `${context.url(name, 'management')}/ready` }),
  };
}

/** Galley's services; one more is one more entry. */
export const apps: Component[] = [
  createAppComponent({
    name: 'api',
    startsAfter: ['postgres'],
    publicPort: { composePort: 3000, fixedPort: 3000, variable: 'API_PORT' },
    environment: (context) => ({
      DATABASE_URL: context.databaseUrl('galley'),
      JWT_SECRET_FILE: secretFile(context, 'jwt-secret'),
    }),
  }),
  createAppComponent({
    name: 'externals',
    startsAfter: [],
    publicPort: { composePort: 8025, fixedPort: 8025, variable: 'INBOX_PORT' },
    environment: (context) => ({
      INBOX_FILE: join(context.folder.inbox, 'notifications.jsonl'),
      RUNBOOKS_FOLDER: join(repositoryRoot, 'runbooks'),
      ...(context.has('prometheus') ? { PROMETHEUS_URL: context.url('prometheus') } : {}),
      ...(context.has('alertmanager') ? { ALERTMANAGER_URL: context.url('alertmanager') } : {}),
    }),
  }),
  createAppComponent({
    name: 'traffic',
    startsAfter: ['api'],
    environment: (context) => ({
      ...(context.has('api') ? { TARGET_URL: context.url('api') } : {}),
      TRAFFIC_RATE: context.settings.trafficRate,
    }),
  }),
];
