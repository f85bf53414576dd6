import {
  createEnvironmentReader,
  type Environment,
  type EnvironmentReader,
  withoutCredentials,
} from '../environment-reader.ts';
import { type DiagnosticLevel, diagnosticLevels } from './diagnostics.ts';
import { samplerNames } from './sampler.ts';

const protocols = ['http/protobuf', 'http/json'] as const;

export type TracingConfiguration = ReturnType<typeof readTracingConfiguration>;

/**
 * Reads the standard `OTEL_*` variables and `TRACING_ENABLED`; endpoints are only checked here, and
 * read by the exporter itself, as headers are.
 * @throws ConfigurationError that names every faulty variable
 */
export function readTracingConfiguration(environment: Environment) {
  const reader = createEnvironmentReader(environment);
  // Sets of values are case-insensitive, as the specification recommends.
  function oneOf<const V extends string>(name: string, values: readonly V[], fallback: V): V {
    const text = reader.optionalText(name)?.toLowerCase();
    return values.find((value) => value === text) ?? reader.oneOf(name, values, fallback);
  }
  const isDisabled = standardBoolean(reader, 'OTEL_SDK_DISABLED');
  const positive = (name: string, fallback: number, max: number) =>
    reader.integer(name, { fallback, min: 1, max });
  const maxQueueSize = positive('OTEL_BSP_MAX_QUEUE_SIZE', 2_048, 1_000_000);
  const batchSize = Math.min(256, maxQueueSize);
  const diagnostics: DiagnosticLevel = oneOf('OTEL_LOG_LEVEL', diagnosticLevels, 'none');
  const configuration = {
    isEnabled: reader.boolean('TRACING_ENABLED', true) && !isDisabled,
    diagnostics,
    service: reader.text('OTEL_SERVICE_NAME', 'unknown_service'),
    version: reader.text('SERVICE_VERSION', '0.0.0'),
    environment: reader.text('DEPLOYMENT_ENVIRONMENT', 'development'),
    /** Spans are created without an export too, for the ids in log lines. */
    isExported: oneOf('OTEL_TRACES_EXPORTER', ['otlp', 'none'], 'otlp') === 'otlp',
    protocol: oneOf(
      'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
      protocols,
      oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', protocols, 'http/protobuf'),
    ),
    sampler: oneOf('OTEL_TRACES_SAMPLER', samplerNames, 'parentbased_always_on'),
    samplerRatio: reader.number('OTEL_TRACES_SAMPLER_ARG', { fallback: 1, min: 0, max: 1 }),
    queue: {
      maxQueueSize,
      maxExportBatchSize: positive('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', batchSize, maxQueueSize),
      // A trace should be there when a person has found its id in a log line.
      scheduledDelayMillis: positive('OTEL_BSP_SCHEDULE_DELAY', 1_000, 600_000),
      exportTimeoutMillis: positive('OTEL_BSP_EXPORT_TIMEOUT', 30_000, 600_000),
    },
  };
  if (configuration.isEnabled && configuration.isExported) checkEndpoints(reader);
  reader.finish();
  return configuration;
}

/** Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#boolean */
function standardBoolean({ optionalText }: EnvironmentReader, name: string): boolean {
  const value = optionalText(name)?.toLowerCase() ?? 'false';
  if (value !== 'true' && value !== 'false') {
    process.stderr.write(
      `Expected \`${name}\` to be \`true\` or \`false\`, got \`${value}\`: taken for \`false\`.\n`,
    );
  }
  return value === 'true';
}

/**
 * An endpoint is a URL with the scheme http or https; the exporter would lose every span to any other.
 * Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
 */
function checkEndpoints({ optionalText, refuse }: EnvironmentReader): void {
  for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) {
    const endpoint = optionalText(name);
    if (endpoint === undefined) continue;
    const url = URL.parse(endpoint);
    if (url !== null && /^https?:$/.test(url.protocol)) continue;
    const host = /^(?:[\w+.-]*:?\/\/)?(?:[^@/]*@)?([^/:]+)/.exec(endpoint)?.[1] ?? 'localhost';
    const path = name.includes('TRACES') ? '/v1/traces' : '';
    refuse(
      `Expected \`${name}\` to be a URL with the scheme http or https, got \`${withoutCredentials(endpoint)}\`. ` +
        `Spans are sent by HTTP, such as to \`http://${host}:4318${path}\`.`,
    );
  }
}
