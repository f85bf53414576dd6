import { expect, test } from '@jest/globals';
import { counter, gauge, histogram } from '../catalogue/types.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';
import { createMetrics } from './metrics.ts';
import { createMetricRegistry } from './prom-client.ts';

test('records a value outside its closed set as other and counts it', async () => {
  const { telemetry } = await createTestTelemetry();
  const metrics = telemetry.declareMetrics({
    tastes_total: counter('Tastes.', { taste: ['sweet', 'sour'] }),
  });
  const tastes = metrics.counter('tastes_total');
  tastes.increment({ taste: 'sweet' });
  tastes.increment({ taste: 'umami' as 'sweet' });
  const text = await telemetry.renderMetrics();
  expect(text).toContain('tastes_total{taste="sweet"} 1');
  expect(text).toContain('tastes_total{taste="other"} 1');
  expect(text).toContain('telemetry_label_overflows_total{metric="tastes_total"} 1');
});

test('keeps the number of series bounded under a flood of values', async () => {
  const { telemetry } = await createTestTelemetry();
  const requests = telemetry.metrics.counter('http_requests_total');
  for (let i = 0; i < 10_000; i += 1) {
    requests.increment({ method: 'GET', route: `/made-up/${i}`, status_code: '200' });
  }
  const text = await telemetry.renderMetrics();
  const series = text.split('\n').filter((line) => line.startsWith('http_requests_total{'));
  expect(series).toHaveLength(301);
  expect(series.at(-1)).toBe(
    'http_requests_total{method="GET",route="other",status_code="200"} 9700',
  );
});

test('gives the same metrics for the same catalogue', async () => {
  const { telemetry } = await createTestTelemetry();
  const catalogue = { visits_total: counter('Visits.', {}) };
  telemetry.declareMetrics(catalogue).counter('visits_total').increment();
  telemetry.declareMetrics(catalogue).counter('visits_total').increment();
  expect(await telemetry.renderMetrics()).toContain('visits_total 2');
});

test('reads a collected gauge at each scrape', async () => {
  const { telemetry } = await createTestTelemetry();
  const depth = telemetry.declareMetrics({ depth: gauge('Depth.', {}) }).gauge('depth');
  let current = 1;
  depth.collect(() => depth.set(current));
  expect(await telemetry.renderMetrics()).toContain('depth 1');
  current = 2;
  expect(await telemetry.renderMetrics()).toContain('depth 2');
});

test('renders all other metrics if one cannot be read, and counts the failure', async () => {
  const { telemetry } = await createTestTelemetry();
  const catalogue = { depth: gauge('Depth.', {}), height: gauge('Height.', {}) };
  const metrics = telemetry.declareMetrics(catalogue);
  metrics.gauge('depth').collect(() => {
    throw new Error('away');
  });
  const height = metrics.gauge('height');
  height.collect(() => height.set(2));
  expect(await telemetry.renderMetrics()).toContain('height 2');
  expect(await telemetry.renderMetrics()).toMatch(
    /telemetry_collect_failures_total\{metric="depth"\} [12]\n/,
  );
});

test.each([
  [{ CamelCase: gauge('', {}) }, 'Expected `CamelCase` to be in snake_case.'],
  [{ visits: counter('', {}) }, 'Expected the counter `visits` to end in `_total`.'],
  [
    { size: histogram('', { le: ['1'] }, [1]) },
    'Expected label `le` of `size` to be in snake_case and not `le`.',
  ],
  [{ size: histogram('', {}, [2, 1]) }, 'Expected the buckets of `size` to ascend, got `2, 1`.'],
  [{ size: histogram('', {}, []) }, 'Expected the buckets of `size` to ascend, got ``.'],
])('refuses the catalogue %j at start', (catalogue, message) => {
  expect(() => createMetrics(catalogue, createMetricRegistry())).toThrow(new TypeError(message));
});

test.each([
  [{ taste: 'sweet', colour: 'red' }, 'colour, taste'],
  [{ colour: 'red' }, 'colour'],
  [{}, ''],
])('refuses a series with the labels %j at start', async (labels, got) => {
  const { telemetry } = await createTestTelemetry();
  const tastes = telemetry.declareMetrics({ tastes_total: counter('-', { taste: ['sweet'] }) });
  expect(() => tastes.counter('tastes_total').series(labels as { taste: 'sweet' })).toThrow(
    new TypeError(`Expected the labels of \`tastes_total\` to be \`taste\`, got \`${got}\`.`),
  );
});

test('never fails a request for a label that the catalogue does not know, but counts it', async () => {
  const { telemetry } = await createTestTelemetry();
  const tastes = telemetry.declareMetrics({ tastes_total: counter('-', { taste: ['sweet'] }) });
  tastes.counter('tastes_total').increment({ colour: 'red' } as never);
  const text = await telemetry.renderMetrics();
  expect(text).toContain('tastes_total{taste="other"} 1');
  expect(text).toContain('telemetry_label_overflows_total{metric="tastes_total"} 1');
});

test('refuses a metric that the catalogue does not declare', async () => {
  const { telemetry } = await createTestTelemetry();
  expect(() => telemetry.metrics.counter('made_up_total' as 'http_requests_total')).toThrow(
    'Expected a counter of the catalogue, got `made_up_total`. Declare it first.',
  );
});

/** Values as callers without types pass them, and what is recorded of each. */
const values: [unknown, number | undefined][] = [
  ['5', 5],
  [' 12.5\n', 12.5],
  ['1e3', 1_000],
  ['.5', 0.5],
  [7n, 7],
  [null, undefined],
  [undefined, undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  ['Infinity', undefined],
  ['NaN', undefined],
  ['1e999', undefined],
  ['', undefined],
  [' ', undefined],
  ['0x10', undefined],
  ['5 rows', undefined],
  [true, undefined],
  [['5'], undefined],
  [{ count: 5 }, undefined],
  [Symbol('5'), undefined],
  [new Date(5), undefined],
];

test.each(values)('records %p in each kind of series as %p', async (value, recorded) => {
  const { telemetry } = await createTestTelemetry();
  const metrics = telemetry.declareMetrics({
    ...{ depth: gauge('-', {}), height: gauge('-', {}), visits_total: counter('-', {}) },
    wait_seconds: histogram('-', {}, [1, 1_000]),
  });
  metrics.gauge('depth').set(value as number);
  metrics.gauge('height').add(value as number);
  metrics.counter('visits_total').add(value as number);
  metrics.histogram('wait_seconds').observe(value as number, {});
  const lines = (await telemetry.renderMetrics()).split('\n');
  for (const name of ['depth', 'height', 'visits_total', 'wait_seconds_sum']) {
    if (recorded !== undefined) expect(lines).toContain(`${name} ${recorded}`);
  }
  for (const metric of ['depth', 'height', 'visits_total', 'wait_seconds']) {
    const refused = `telemetry_values_refused_total{metric="${metric}"} 1`;
    if (recorded === undefined) expect(lines).toContain(refused);
    else expect(lines).not.toContain(refused);
  }
  const count = recorded === undefined ? 0 : 1;
  if (count === 1) expect(lines).toContain('wait_seconds_count 1');
  expect(lines.filter((line) => /^(?:depth|height|visits|wait).* (?:\D|Nan)/.test(line))).toEqual(
    [],
  );
});

test('refuses a decrease of a counter, and goes on counting', async () => {
  const { telemetry } = await createTestTelemetry();
  const visits = telemetry.declareMetrics({ visits_total: counter('-', {}) });
  for (const amount of [2, -1, '-3' as unknown as number, '4' as unknown as number]) {
    visits.counter('visits_total').add(amount);
  }
  const text = await telemetry.renderMetrics();
  expect(text).toContain('visits_total 6\n');
  expect(text).toContain('telemetry_values_refused_total{metric="visits_total"} 2');
});

test.each([
  [5, '5'],
  [true, 'true'],
  [{}, 'other'],
  [null, 'other'],
  [Symbol('x'), 'other'],
  [Object.create(null), 'other'],
])('takes %p for the label value %p', async (value, recorded) => {
  const { telemetry } = await createTestTelemetry();
  const tastes = telemetry.declareMetrics({ tastes_total: counter('-', { taste: { atMost: 5 } }) });
  tastes.counter('tastes_total').increment({ taste: value as string });
  expect(await telemetry.renderMetrics()).toContain(`tastes_total{taste="${recorded}"} 1`);
});
