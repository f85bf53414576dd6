import { join } from 'node:path';
import { appNames, composeServices } from '../compose-file.ts';
import type { PortSpec } from '../ports.ts';
import type { Component } from './component.ts';
import { composeEnvironment } from './compose-environment.ts';
import { nodeFlags, withFileLimit } from './from-compose.ts';

// By the variable that holds the port; the first is an app's main address.
const portNames = { PORT: 'public', SMTP_PORT: 'smtp', METRICS_PORT: 'management' };

function appPorts(name: string): Record<string, PortSpec> {
  const environment = composeServices[name]?.environment ?? {};
  const ports = Object.entries(portNames).flatMap(([variable, port]) => {
    const composePort = environment[variable];
    return composePort === undefined ? [] : [[port, { composePort: Number(composePort) }]];
  });
  return Object.fromEntries(ports);
}

// Where there is such a folder, an app starts in two thirds of the time.
const { NODE_COMPILE_CACHE } = process.env;
const compiledCode = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

function createAppComponent(name: string): Component {
  return {
    name,
    source: { kind: 'app' },
    ports: appPorts(name),
    startsAfter: Object.keys(composeServices[name]?.depends_on ?? {}),
    launch: (context) => ({
      ...withFileLimit(name, [
        ...[process.execPath, ...nodeFlags(name)],
        ...['--import', '@watchkeeper/telemetry/instrumentation'],
        context.program(name).path,
      ]),
      cwd: join(context.appsFolder, name),
      env: {
        ...composeEnvironment(name, context),
        ...compiledCode,
        // Without a receiver no span is recorded, but log lines keep their trace ids.
        ...(context.otlpEndpoint
          ? { OTEL_EXPORTER_OTLP_ENDPOINT: context.otlpEndpoint }
          : { OTEL_TRACES_SAMPLER: 'always_off' }),
      },
    }),
    probe: (context) => ({ kind: 'http', url: `${context.url(name, 'management')}/ready` }),
  };
}

/** Galley's apps, as the compose files declare them. */
export const apps: Component[] = appNames.map(createAppComponent);
