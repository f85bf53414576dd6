import type { Component, ComponentLaunch, RunContext } from './component.ts';
import { memoryLimitMib } from './from-compose.ts';
import { grafana } from './grafana.ts';
import { configFile } from './monitoring.ts';

function metricsReader(context: RunContext): string {
  const prometheus = { host: '127.0.0.1', port: context.port('jaeger', 'metrics') };
  return JSON.stringify([{ pull: { exporter: { prometheus } } }]);
}

function limiterFlags(): string[] {
  const limit = memoryLimitMib('jaeger') ?? 0;
  const flag = (name: string, share: number) =>
    `--set=processors.memory_limiter.${name}=${Math.floor(share * limit)}`;
  return [flag('limit_mib', 0.8), flag('spike_limit_mib', 0.15)];
}

const jaeger: Component = {
  name: 'jaeger',
  source: {
    kind: 'optional',
    commands: ['jaeger'],
    versionArgs: ['version'],
    file: 'jaeger/jaeger.yml',
    absenceCost: 'traces are not kept; log lines still have trace ids',
  },
  ports: {
    ui: { composePort: 16686 },
    grpc: { composePort: 4317 },
    http: { composePort: 4318 },
    health: { composePort: 13133 },
    metrics: { composePort: 8888 },
    spanMetrics: { composePort: 8889 },
    query: { composePort: 16685 },
  },
  configFolders: ['jaeger'],
  launch: (context) => ({
    args: [
      `--config=${configFile(context, 'jaeger')}`,
      // In its file the address of its own metrics is no `host:port`, so it is set from here.
      `--set=service.telemetry.metrics.readers=${metricsReader(context)}`,
      // Its limiter counts in percent of a container's memory; natively that would be the machine's.
      ...limiterFlags(),
    ],
  }),
  probe: (context) => ({ kind: 'http', url: `${context.url('jaeger', 'health')}/status` }),
};

// Loki and Promtail share the flags of their servers.
function launchServer(context: RunContext, name: 'loki' | 'promtail'): ComponentLaunch {
  return {
    args: [
      `-config.file=${configFile(context, name)}`,
      '-server.http-listen-address=127.0.0.1',
      `-server.http-listen-port=${context.port(name)}`,
      '-server.grpc-listen-address=127.0.0.1',
      `-server.grpc-listen-port=${context.port(name, 'grpc')}`,
    ],
  };
}

const loki: Component = {
  name: 'loki',
  source: {
    kind: 'optional',
    commands: ['loki'],
    versionArgs: ['-version'],
    file: 'loki/loki.yml',
    absenceCost: 'logs cannot be searched in one place; the files are in the logs folder',
  },
  ports: {
    http: { composePort: 3100 },
    grpc: { composePort: 9095 },
  },
  configFolders: ['loki'],
  launch: (context) => launchServer(context, 'loki'),
  // Its /ready answers 503 for fifteen seconds after it accepts logs and queries.
  probe: (context) => ({
    kind: 'http',
    url: `${context.direct('loki')}/loki/api/v1/status/buildinfo`,
  }),
};

const promtail: Component = {
  name: 'promtail',
  source: {
    kind: 'optional',
    commands: ['promtail'],
    versionArgs: ['-version'],
    file: 'promtail/promtail.yml',
    absenceCost: 'log files are not shipped to Loki',
  },
  ports: { http: { composePort: 9080 }, grpc: { composePort: 9096 } },
  startsAfter: ['loki'],
  configFolders: ['promtail'],
  launch: (context) => launchServer(context, 'promtail'),
  // Its /ready answers 500 until there is a log file to read.
  probe: (context) => ({ kind: 'tcp', port: context.port('promtail') }),
};

/** Components that take part where their command is on PATH. */
export const optional: Component[] = [jaeger, loki, promtail, grafana];
