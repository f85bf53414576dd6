import { createEnvironmentReader, type EnvironmentReader } from '../environment-reader.ts';
import { type DiagnosticLevel, diagnosticLevels } from './diagnostics.ts';
import { type SamplerName, samplerNames } from './sampler.ts';
import type { SpanQueueBounds } from './span-pipeline.ts';

const protocols = ['http/protobuf', 'http/json'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Endpoints and headers are read by the exporter itself. */
export interface TracingConfiguration {
  readonly isEnabled: boolean;
  readonly diagnostics: DiagnosticLevel;
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  /** Whether spans are exported; they are created anyway, for the ids in log lines. */
  readonly isExported: boolean;
  readonly protocol: (typeof protocols)[number];
  readonly sampler: SamplerName;
  readonly samplerRatio: number;
  readonly queue: SpanQueueBounds;
}

/**
 * Reads the standard `OTEL_*` variables and `TRACING_ENABLED`.
 * @throws ConfigurationError that names every faulty variable
 */
export function readTracingConfiguration(environment: Environment): TracingConfiguration {
  const reader = createEnvironmentReader(environment);
  const isDisabled = reader.boolean('OTEL_SDK_DISABLED', false);
  const positive = (name: string, fallback: number, max: number) =>
    reader.integer(name, { fallback, min: 1, max });
  const maxQueueSize = positive('OTEL_BSP_MAX_QUEUE_SIZE', 2_048, 1_000_000);
  const batchSize = Math.min(256, maxQueueSize);
  const configuration: TracingConfiguration = {
    isEnabled: reader.boolean('TRACING_ENABLED', true) && !isDisabled,
    diagnostics: readDiagnosticLevel(reader),
    service: reader.text('OTEL_SERVICE_NAME', 'unknown_service'),
    version: reader.text('SERVICE_VERSION', '0.0.0'),
    environment: reader.text('DEPLOYMENT_ENVIRONMENT', 'development'),
    isExported: reader.oneOf('OTEL_TRACES_EXPORTER', ['otlp', 'none'], 'otlp') === 'otlp',
    protocol: reader.oneOf(
      'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
      protocols,
      reader.oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', protocols, 'http/protobuf'),
    ),
    sampler: reader.oneOf('OTEL_TRACES_SAMPLER', samplerNames, 'parentbased_always_on'),
    samplerRatio: reader.number('OTEL_TRACES_SAMPLER_ARG', { fallback: 1, min: 0, max: 1 }),
    queue: {
      maxQueueSize,
      maxExportBatchSize: positive('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', batchSize, maxQueueSize),
      // A trace should be there when a person has found its id in a log line.
      scheduledDelayMillis: positive('OTEL_BSP_SCHEDULE_DELAY', 1_000, 600_000),
      exportTimeoutMillis: positive('OTEL_BSP_EXPORT_TIMEOUT', 30_000, 600_000),
    },
  };
  reader.finish();
  return configuration;
}

/** Accepts capitals too, which are common. */
function readDiagnosticLevel(reader: EnvironmentReader): DiagnosticLevel {
  const capitals = diagnosticLevels.map((level) => level.toUpperCase());
  const level = reader.oneOf('OTEL_LOG_LEVEL', [...diagnosticLevels, ...capitals], 'none');
  return level.toLowerCase() as DiagnosticLevel;
}
