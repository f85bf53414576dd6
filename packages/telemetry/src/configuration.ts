import type { EnvironmentReader } from './environment-reader.ts';
import { readCallerTrust } from './http/callers.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const defaultMetricsPort = 9_090;

export type TelemetryConfiguration = ReturnType<typeof readTelemetryConfiguration>;

/**
 * Reads the variables every service shares: `OTEL_SERVICE_NAME`, `SERVICE_*`, `METRICS_*`, `LOG_*`.
 * Faults stay in the reader, so that a service reports its own together with these.
 */
export function readTelemetryConfiguration(reader: EnvironmentReader) {
  return Object.freeze({
    service: reader.text('OTEL_SERVICE_NAME'),
    version: reader.text('SERVICE_VERSION', '0.0.0'),
    revision: reader.text('SERVICE_REVISION', 'unknown'),
    environment: reader.text('DEPLOYMENT_ENVIRONMENT', 'development'),
    /** Host names of this server, beside addresses and names without a dot. */
    allowedHosts: readNames(reader.optionalText('ALLOWED_HOSTS')),
    /** Whether the trace and the ids of a caller at an address are continued. */
    isTrustedCaller: readCallerTrust(reader),
    metrics: {
      isEnabled: reader.boolean('METRICS_ENABLED', true),
      ...readMetricsAddress(reader),
      ...readMetricsToken(reader),
      /** Of those who also use a service's own routes, such as its faults. */
      operatorTokenFile: reader.optionalText('OPERATOR_TOKEN_FILE'),
    },
    log: {
      level: reader.oneOf('LOG_LEVEL', logLevels, 'info'),
      format: reader.oneOf('LOG_FORMAT', ['json', 'pretty'], 'json'),
      /** Path of the rotated file, without its number; absent means standard output alone. */
      file: reader.optionalText('LOG_FILE'),
      maxFileMegabytes: reader.integer('LOG_FILE_MAX_MB', { fallback: 20, min: 1, max: 10_000 }),
      maxFiles: reader.integer('LOG_FILE_COUNT', { fallback: 3, min: 1, max: 1_000 }),
      // One path per line: a file for a shipper, or pushed; with both each would arrive twice.
      lokiUrl:
        reader.oneOf('LOG_SHIPPING', ['file', 'push'], 'file') === 'push'
          ? reader.url('LOKI_URL')
          : undefined,
    },
    ...readShutdown(reader),
  });
}

function readNames(list = ''): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function readShutdown(reader: EnvironmentReader) {
  const deadline = { fallback: 10_000, min: 100, max: 600_000 };
  const shutdownDeadlineMs = reader.integer('SHUTDOWN_DEADLINE_MS', deadline);
  // The rest is for the answers under way, the stores and the telemetry.
  const max = Math.floor(shutdownDeadlineMs * 0.4);
  const grace = { fallback: Math.floor(shutdownDeadlineMs / 10), min: 0, max };
  return { shutdownDeadlineMs, shutdownGraceMs: reader.integer('SHUTDOWN_GRACE_MS', grace) };
}

function readMetricsAddress(reader: EnvironmentReader) {
  // Loopback by default: metrics reveal internals to an attacker.
  const text = reader.text('METRICS_BIND_ADDRESS', '127.0.0.1');
  const [, host, ownPort] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(text) ?? [];
  const fallback = ownPort === undefined ? defaultMetricsPort : Number(ownPort);
  const port = reader.integer('METRICS_PORT', { fallback, min: 0, max: 65_535 });
  if (ownPort !== undefined && port !== fallback) {
    reader.refuse(`Expected \`METRICS_PORT\` to be the port of \`${text}\`, got \`${port}\`.`);
  }
  if (fallback > 65_535) {
    reader.refuse(`Expected \`METRICS_BIND_ADDRESS\` to have a port to 65535, got \`${text}\`.`);
  }
  return { port, bindAddress: (host ?? text).replace(/^\[(.*)\]$/, '$1') };
}

/** The bearer token of the management server, or a file that holds it; neither: none is required. */
function readMetricsToken(reader: EnvironmentReader) {
  const tokenFile = reader.optionalText('METRICS_TOKEN_FILE');
  const token = reader.optionalText('METRICS_TOKEN');
  const hasToken = tokenFile !== undefined || token !== undefined;
  const isRequired = reader.boolean('METRICS_REQUIRE_AUTH', hasToken);
  if (tokenFile !== undefined && token !== undefined) {
    reader.refuse('Expected one of `METRICS_TOKEN_FILE` and `METRICS_TOKEN` to be set, got both.');
  }
  if (isRequired && !hasToken) {
    reader.refuse('Expected `METRICS_TOKEN_FILE` to be set, as `METRICS_REQUIRE_AUTH` is `true`.');
  }
  return isRequired ? { tokenFile, token } : { tokenFile: undefined, token: undefined };
}
