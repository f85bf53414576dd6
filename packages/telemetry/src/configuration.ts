import type { EnvironmentReader } from './environment-reader.ts';
import { type MetricsConfiguration, readMetricsConfiguration } from './metrics-configuration.ts';

export interface TelemetryConfiguration {
  readonly service: string;
  readonly version: string;
  readonly revision: string;
  readonly environment: string;
  readonly metrics: MetricsConfiguration;
  readonly log: {
    readonly level: string;
    readonly format: 'json' | 'pretty';
    /** Path of the rotated file, without its number; absent means standard output alone. */
    readonly file: string | undefined;
    readonly maxFileMegabytes: number;
    readonly maxFiles: number;
    /** Loki's address where lines are pushed to it instead of written to the file. */
    readonly lokiUrl?: string | undefined;
  };
  readonly shutdownDeadlineMs: number;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/**
 * Reads the variables every service shares: `OTEL_SERVICE_NAME`, `SERVICE_*`, `METRICS_*`, `LOG_*`.
 * Faults stay in the reader, so that a service reports its own together with these.
 */
export function readTelemetryConfiguration(reader: EnvironmentReader): TelemetryConfiguration {
  return Object.freeze({
    service: reader.text('OTEL_SERVICE_NAME'),
    version: reader.text('SERVICE_VERSION', '0.0.0'),
    revision: reader.text('SERVICE_REVISION', 'unknown'),
    environment: reader.text('DEPLOYMENT_ENVIRONMENT', 'development'),
    metrics: readMetricsConfiguration(reader),
    log: {
      level: reader.oneOf('LOG_LEVEL', logLevels, 'info'),
      format: reader.oneOf('LOG_FORMAT', ['json', 'pretty'] as const, 'json'),
      file: reader.optionalText('LOG_FILE'),
      maxFileMegabytes: reader.integer('LOG_FILE_MAX_MB', { fallback: 20, min: 1, max: 10_000 }),
      maxFiles: reader.integer('LOG_FILE_COUNT', { fallback: 3, min: 1, max: 1_000 }),
      lokiUrl: readLokiUrl(reader),
    },
    shutdownDeadlineMs: reader.integer('SHUTDOWN_DEADLINE_MS', {
      fallback: 10_000,
      min: 100,
      max: 600_000,
    }),
  });
}

/** One path per line: a file for a shipper, or pushed; with both each would arrive twice. */
function readLokiUrl(reader: EnvironmentReader): string | undefined {
  const shipping = reader.oneOf('LOG_SHIPPING', ['file', 'push'] as const, 'file');
  return shipping === 'push' ? reader.url('LOKI_URL') : undefined;
}
