import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { parse } from 'yaml';
import { readSlos } from './document.ts';
import { sloRules } from './rules.ts';

const file = join(repositoryRoot, 'monitoring/slo/gateway.yml');
const text = readFileSync(file, 'utf8');

test('makes a recording of good and bad alike, under the name of the objective', () => {
  const { groups } = parse(sloRules(readSlos(text, file))) as {
    groups: { name: string; rules: { record: string; expr: string; labels: unknown }[] }[];
  };
  const group = groups.find(({ name }) => name === 'slo.gateway-latency');
  expect(group?.rules.map(({ record }) => record)).toEqual([
    'job_slo:sli_events:rate5m',
    'job_slo:sli_errors:rate5m',
    'job_slo:sli_objective:ratio',
  ]);
  expect(group?.rules[1]?.expr).toMatch(
    /sli_events:rate5m\{slo="gateway-latency"\}\)\n- sum by \(job\) .*le="0.5"\}\[5m\]/,
  );
  expect(group?.rules[2]).toMatchObject({
    expr: 'vector(0.95)',
    labels: { slo: 'gateway-latency', job: 'gateway' },
  });
});

test.each([
  [
    'target: 0.995',
    'target: 1',
    /spec.objectives.0.target: Expected a target from 0.931 to under 1/,
  ],
  ['target: 0.995', 'target: 0.5', /a total outage burns too slowly to page/],
  ['duration: 30d', 'duration: 7d', /spec.timeWindow.0.duration/],
  ['[{{.window}}]', '[5m]', /query: Invalid string: must include "\{\{.window\}\}"/],
  ['sum by (job) (rate', 'sum by (job (rate', /query: no PromQL/],
  ['        bad:', '        worse:', /ratioMetric: Unrecognized key: "worse"/],
  ['openslo/v1', 'openslo/v2', /apiVersion/],
])('refuses `%s` changed to `%s`, with file and place', (from, to, message) => {
  const change = () => readSlos(text.replace(from, to), 'monitoring/slo/gateway.yml');
  expect(change).toThrow(/^monitoring\/slo\/gateway.yml, document 1, `gateway-availability`:/);
  expect(change).toThrow(message);
});
