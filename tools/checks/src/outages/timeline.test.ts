import { expect, test } from '@jest/globals';
import { findPromtool } from '@watchkeeper/stack';
import { namesIn } from '../names/promql.ts';
import { readScenarios } from '../scenarios/schema.ts';
import { delayCauses, recordTimeline } from './timeline.ts';

const [scenario] = readScenarios(
  `scenarios:
    - name: two gauges that come and go
      interval: 10s
      signals:
        - { gauge: 'up{job="a", path="x, \\"y\\""}', phases: [{ for: 1m, value: 1 }, { for: 1m, value: 0 }, { for: 1m, value: 1 }] }
        - { gauge: 'up{job="b"}', phases: [{ for: 2m, value: 1 }, { for: 1m, value: 0 }] }
`,
  'test.yml',
);
const rules = [{ alert: 'Gone', expr: 'up == 0', labels: { severity: 'critical' } }].map(
  (rule) => ({
    ...rule,
    metrics: namesIn(rule.expr).metrics,
  }),
);

test('has each alert from its firing to its end, with its labels', async () => {
  if (scenario === undefined) throw new Error('Expected a scenario.');
  const engine = { promtool: await findPromtool(), groups: [{ name: 'test', rules }] };
  const common = { alertname: 'Gone', severity: 'critical' };
  expect(await recordTimeline(scenario, engine)).toEqual([
    { labels: { ...common, job: 'a', path: 'x, "y"' }, firesAt: 60, endsAt: 120 },
    { labels: { ...common, job: 'b' }, firesAt: 120, endsAt: 180 },
  ]);
}, 120_000);

test('delays causes alone, and leaves out one that is over by then', () => {
  const fired = (alertname: string, firesAt: number, endsAt: number) => ({
    ...{ labels: { alertname }, firesAt, endsAt },
  });
  const timeline = [fired('Cause', 10, 100), fired('Symptom', 20, 90), fired('Cause', 30, 40)];
  expect(delayCauses(timeline, new Set(['Cause']), () => 15)).toEqual([
    fired('Symptom', 20, 90),
    fired('Cause', 25, 100),
  ]);
});
