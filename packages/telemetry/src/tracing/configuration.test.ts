import { expect, test } from '@jest/globals';
import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { readTracingConfiguration } from './configuration.ts';
import { idGenerator } from './id-generator.ts';
import { createSampler, type SamplerName, samplerNames } from './sampler.ts';

test.each([
  [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER'],
  [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, 'OTEL_TRACES_SAMPLER_ARG'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  [{ OTEL_TRACES_EXPORTER: 'jaeger' }, 'OTEL_TRACES_EXPORTER'],
  [{ OTEL_BSP_MAX_QUEUE_SIZE: '0' }, 'OTEL_BSP_MAX_QUEUE_SIZE'],
  [{ TRACING_ENABLED: '1' }, 'TRACING_ENABLED'],
  [{ OTEL_LOG_LEVEL: 'loud' }, 'OTEL_LOG_LEVEL'],
])('refuses %j and names the variable', (environment, name) => {
  expect(() => readTracingConfiguration(environment)).toThrow(`Expected \`${name}\` to be`);
});

test.each([
  [{}, true],
  [{ TRACING_ENABLED: 'false' }, false],
  [{ OTEL_SDK_DISABLED: 'true' }, false],
  [{ OTEL_SDK_DISABLED: 'True' }, false],
  [{ OTEL_SDK_DISABLED: 'TRUE\n' }, false],
  [{ OTEL_SDK_DISABLED: 'False' }, true],
  [{ OTEL_SDK_DISABLED: '' }, true],
  [{ OTEL_SDK_DISABLED: '1' }, true],
  [{ OTEL_SDK_DISABLED: 'yes' }, true],
])('reads %j as enabled: %s', (environment, isEnabled) => {
  expect(readTracingConfiguration(environment).isEnabled).toBe(isEnabled);
});

const traceId = '0af7651916cd43dd8448eb211c80319c';

/** Whether a span is sampled that has no parent, a parent that is sampled, one that is not. */
function decide(name: SamplerName, ratio: number): boolean[] {
  const parents = [TraceFlags.SAMPLED, TraceFlags.NONE].map((traceFlags) =>
    trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: 'b7ad6b7169203331', traceFlags }),
  );
  const sampler = createSampler(name, ratio);
  return [ROOT_CONTEXT, ...parents].map((parent) => {
    const { decision } = sampler.shouldSample(parent, traceId, 'a', SpanKind.SERVER, {}, []);
    return decision === SamplingDecision.RECORD_AND_SAMPLED;
  });
}

test.each<[SamplerName, number, boolean[]]>([
  ['always_on', 0, [true, true, true]],
  ['always_off', 1, [false, false, false]],
  ['traceidratio', 1, [true, true, true]],
  ['traceidratio', 0, [false, false, false]],
  ['parentbased_always_on', 0, [true, true, false]],
  ['parentbased_always_off', 1, [false, true, false]],
  ['parentbased_traceidratio', 1, [true, true, false]],
  ['parentbased_traceidratio', 0, [false, true, false]],
])('%s at %d samples roots, and children of both kinds: %j', (name, ratio, expected) => {
  expect(decide(name, ratio)).toEqual(expected);
});

test('samples the configured share of traces', () => {
  const sampler = createSampler('parentbased_traceidratio', 0.1);
  const kept = Array.from({ length: 10_000 }, () => idGenerator.generateTraceId()).filter(
    (id) =>
      sampler.shouldSample(ROOT_CONTEXT, id, 'a', SpanKind.SERVER, {}, []).decision ===
      SamplingDecision.RECORD_AND_SAMPLED,
  );
  // A thousand, give or take ten standard deviations.
  expect(Math.abs(kept.length - 1_000)).toBeLessThan(300);
});

test('has a sampler for every accepted name, and lists them', () => {
  for (const name of samplerNames) {
    expect(readTracingConfiguration({ OTEL_TRACES_SAMPLER: name }).sampler).toBe(name);
  }
  expect(() => readTracingConfiguration({ OTEL_TRACES_SAMPLER: 'jaeger_remote' })).toThrow(
    `Expected \`OTEL_TRACES_SAMPLER\` to be one of \`${samplerNames.join('`, `')}\`, got \`jaeger_remote\`.`,
  );
});

test.each([
  [{}, 'http/protobuf'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
  [
    {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
    },
    'http/protobuf',
  ],
])('reads from %j the protocol %s', (environment, protocol) => {
  expect(readTracingConfiguration(environment).protocol).toBe(protocol);
});

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', 'http://localhost:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://collector:4317', 'http://collector:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector', 'http://collector:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', '//collector:4318', 'http://collector:4318'],
  [
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    '10.0.0.1:4318/v1/traces',
    'http://10.0.0.1:4318/v1/traces',
  ],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'grpcs://collector', 'http://collector:4318/v1/traces'],
])('refuses %s=%s and names the fix', (name, endpoint, fix) => {
  expect(() => readTracingConfiguration({ [name]: endpoint })).toThrow(
    `Expected \`${name}\` to be a URL with the scheme http or https, got \`${endpoint}\`. ` +
      `Spans are sent by HTTP, such as to \`${fix}\`.`,
  );
  // Nothing is sent there.
  for (const off of [{ OTEL_TRACES_EXPORTER: 'none' }, { OTEL_SDK_DISABLED: 'true' }]) {
    readTracingConfiguration({ [name]: endpoint, ...off });
  }
});

test.each(['http://collector:4318', 'HTTPS://collector/otlp', 'http://[::1]:4318/\n'])(
  'takes the endpoint %j',
  (endpoint) => {
    readTracingConfiguration({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
  },
);

test('takes the names of a set in any case', () => {
  const environment = {
    ...{ OTEL_TRACES_SAMPLER: 'Always_Off', OTEL_TRACES_EXPORTER: 'None', OTEL_LOG_LEVEL: 'WARN' },
    OTEL_EXPORTER_OTLP_PROTOCOL: 'HTTP/JSON',
  };
  expect(readTracingConfiguration(environment)).toMatchObject({
    ...{ sampler: 'always_off', isExported: false, diagnostics: 'warn', protocol: 'http/json' },
  });
});
