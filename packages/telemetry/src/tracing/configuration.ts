import { createEnvironmentReader, type Environment } from '../environment-reader.ts';
import { type DiagnosticLevel, diagnosticLevels } from './diagnostics.ts';
import { samplerNames } from './sampler.ts';

const protocols = ['http/protobuf', 'http/json'] as const;

export type TracingConfiguration = ReturnType<typeof readTracingConfiguration>;

/**
 * Reads the standard `OTEL_*` variables and `TRACING_ENABLED`; endpoints and headers are read by the
 * exporter itself.
 * @throws ConfigurationError that names every faulty variable
 */
export function readTracingConfiguration(environment: Environment) {
  const reader = createEnvironmentReader(environment);
  const isDisabled = reader.boolean('OTEL_SDK_DISABLED', false);
  const positive = (name: string, fallback: number, max: number) =>
    reader.integer(name, { fallback, min: 1, max });
  const maxQueueSize = positive('OTEL_BSP_MAX_QUEUE_SIZE', 2_048, 1_000_000);
  const batchSize = Math.min(256, maxQueueSize);
  // Capitals are common too.
  const capitals = diagnosticLevels.map((level) => level.toUpperCase());
  const diagnostics = reader.oneOf('OTEL_LOG_LEVEL', [...diagnosticLevels, ...capitals], 'none');
  const configuration = {
    isEnabled: reader.boolean('TRACING_ENABLED', true) && !isDisabled,
    diagnostics: diagnostics.toLowerCase() as DiagnosticLevel,
    service: reader.text('OTEL_SERVICE_NAME', 'unknown_service'),
    version: reader.text('SERVICE_VERSION', '0.0.0'),
    environment: reader.text('DEPLOYMENT_ENVIRONMENT', 'development'),
    /** Spans are created without an export too, for the ids in log lines. */
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
