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
  otherPorts?: Record<string, PortSpec>;
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

function createAppComponent(spec: AppSpec): Component {
  const { name, startsAfter, publicPort, otherPorts = {}, environment } = spec;
  return {
    name,
    source: { kind: 'app' },
    ports: {
      ...(publicPort ? { public: publicPort } : {}),
      ...otherPorts,
      management: managementPort,
    },
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

/** Where a service's customers and its management are found, for the gateway. */
function upstream(context: RunContext, name: string): NodeJS.ProcessEnv {
  const variable = name.toUpperCase();
  // In a partial start the gateway still wants an address for each; nobody listens on this one.
  const nowhere = 'http://127.0.0.1:9';
  if (!context.has(name)) {
    return { [`${variable}_URL`]: nowhere, [`${variable}_MANAGEMENT_URL`]: nowhere };
  }
  return {
    [`${variable}_URL`]: context.url(name),
    [`${variable}_MANAGEMENT_URL`]: context.url(name, 'management'),
  };
}

function database(context: RunContext): NodeJS.ProcessEnv {
  return { DATABASE_URL: context.databaseUrl('galley') };
}

function tokenSecret(context: RunContext): NodeJS.ProcessEnv {
  return { JWT_SECRET_FILE: secretFile(context, 'jwt-secret') };
}

/** The stand-ins for third parties, where they take part. */
function thirdParties(context: RunContext, paths: Record<string, string>): NodeJS.ProcessEnv {
  if (!context.has('third-parties')) return {};
  const base = context.url('third-parties');
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `${base}${path}`]));
}

/** What browsers call the pages that they got through the gateway. */
function gatewayOrigins(context: RunContext): string {
  const port = context.port('gateway', 'public');
  return `http://localhost:${port},http://127.0.0.1:${port}`;
}

const services = ['api', 'realtime', 'worker'];

/** Galley's services; one more is one more entry. */
export const apps: Component[] = [
  createAppComponent({
    name: 'api',
    startsAfter: ['postgres'],
    publicPort: { composePort: 3000 },
    environment: (context) => ({
      ...database(context),
      ...tokenSecret(context),
      ...thirdParties(context, { SMS_URL: '', CARD_PROCESSOR_URL: '', AI_BASE_URL: '/ai/v1' }),
      OBJECT_STORE_FOLDER: join(context.folder.data, 'attachments'),
      ADMIN_PASSWORD_FILE: secretFile(context, 'galley-admin-password'),
      // Few synthetic customers ask for all of a day's people.
      ASSISTANT_QUESTIONS_PER_DAY: '10000',
    }),
  }),
  createAppComponent({
    name: 'realtime',
    // The api makes the tables that the others read.
    startsAfter: ['api'],
    publicPort: { composePort: 3000 },
    environment: (context) => ({
      ...database(context),
      ...tokenSecret(context),
      ...(context.has('gateway') ? { WS_ALLOWED_ORIGINS: gatewayOrigins(context) } : {}),
    }),
  }),
  createAppComponent({
    name: 'worker',
    startsAfter: ['api', 'third-parties'],
    publicPort: { composePort: 3000 },
    environment: (context) => ({
      ...database(context),
      ...tokenSecret(context),
      ...thirdParties(context, { SMS_URL: '', WEBHOOK_DEMO_URL: '/hooks/demo' }),
      // The demo's subscriber is on this machine.
      WEBHOOK_ALLOW_PRIVATE: 'true',
    }),
  }),
  createAppComponent({
    name: 'gateway',
    startsAfter: services,
    publicPort: { composePort: 3000, fixedPort: 3000, variable: 'GATEWAY_PORT' },
    environment: (context) => ({
      ...tokenSecret(context),
      ...Object.assign({}, ...services.map((name) => upstream(context, name))),
      // All the synthetic customers share one address.
      ADDRESS_LIMIT_FACTOR: '100',
      USER_LIMIT_FACTOR: '100',
    }),
  }),
  createAppComponent({
    name: 'third-parties',
    startsAfter: [],
    publicPort: { composePort: 3000 },
    environment: () => ({}),
  }),
  createAppComponent({
    name: 'oncall',
    startsAfter: [],
    publicPort: { composePort: 8025, fixedPort: 8025, variable: 'INBOX_PORT' },
    // A free number: only Alertmanager needs to know it.
    otherPorts: { smtp: { composePort: 1025 } },
    environment: (context) => ({
      SMTP_PORT: String(context.port('oncall', 'smtp')),
      INBOX_FILE: join(context.folder.inbox, 'notifications.jsonl'),
      RUNBOOKS_FOLDER: join(repositoryRoot, 'runbooks'),
      DASHBOARDS_FOLDER: join(repositoryRoot, 'monitoring', 'grafana', 'dashboards'),
      ...(context.has('prometheus')
        ? {
            PROMETHEUS_URL: context.url('prometheus'),
            PROMETHEUS_QUERY_URL: context.url('prometheus'),
          }
        : {}),
      ...(context.has('loki') ? { LOKI_QUERY_URL: context.url('loki') } : {}),
      ...(context.has('alertmanager')
        ? {
            ALERTMANAGER_URL: context.url('alertmanager'),
            ALERTMANAGER_QUERY_URL: context.url('alertmanager'),
          }
        : {}),
      ...(context.has('jaeger') ? { JAEGER_URL: context.url('jaeger', 'ui') } : {}),
    }),
  }),
  createAppComponent({
    name: 'traffic',
    startsAfter: ['gateway', 'third-parties'],
    environment: (context) => ({
      ...(context.has('gateway') ? { TARGET_URL: context.url('gateway') } : {}),
      ...thirdParties(context, { SMS_INBOX_URL: '' }),
      TRAFFIC_RATE: context.settings.trafficRate,
    }),
  }),
];
