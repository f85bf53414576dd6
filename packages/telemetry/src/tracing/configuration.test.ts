import { expect, test } from '@jest/globals';
import { readTracingConfiguration } from './configuration.ts';
import { createSampler } from './sampler.ts';

test.each([
  [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER'],
  [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, 'OTEL_TRACES_SAMPLER_ARG'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  [{ OTEL_BSP_MAX_QUEUE_SIZE: '0' }, 'OTEL_BSP_MAX_QUEUE_SIZE'],
  [{ TRACING_ENABLED: '1' }, 'TRACING_ENABLED'],
])('refuses %j and names the variable', (environment, name) => {
  expect(() => readTracingConfiguration(environment)).toThrow(`Expected \`${name}\` to be`);
});

test.each([
  [{}, true],
  [{ TRACING_ENABLED: 'false' }, false],
  [{ OTEL_SDK_DISABLED: 'true' }, false],
])('reads %j as enabled: %s', (environment, isEnabled) => {
  expect(readTracingConfiguration(environment).isEnabled).toBe(isEnabled);
});

test.each([
  ['always_on', 'AlwaysOnSampler'],
  ['always_off', 'AlwaysOffSampler'],
  ['traceidratio', 'TraceIdRatioBased{0.1}'],
  ['parentbased_traceidratio', 'ParentBased{root=TraceIdRatioBased{0.1}'],
] as const)('makes %s into %s', (name, description) => {
  expect(createSampler(name, 0.1).toString()).toContain(description);
});
