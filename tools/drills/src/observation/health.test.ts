import { expect, test } from '@jest/globals';
import { findHealthProblems, type HealthFacts } from './health.ts';

const healthy: HealthFacts = {
  unhealthyComponents: [],
  alerts: [{ labels: { alertname: 'Watchdog' }, state: 'firing' }],
  targetsDown: [],
  failingRules: [],
  faults: { api: [], worker: [] },
  heartbeat: 'alive',
  trafficRate: 20,
};

test('finds no problem in a healthy system, nor in a pending alert', () => {
  const pending = { labels: { alertname: 'HighLatency', job: 'api' }, state: 'pending' } as const;
  expect(findHealthProblems({ ...healthy, alerts: [...healthy.alerts, pending] })).toEqual([]);
});

test.each<[string, Partial<HealthFacts>, string]>([
  [
    'a process',
    { unhealthyComponents: ['worker is restarting, not ready'] },
    'worker is restarting, not ready',
  ],
  [
    'an alert',
    { alerts: [{ labels: { alertname: 'HighErrorRate', job: 'api' }, state: 'firing' }] },
    'HighErrorRate of api is firing. See runbooks/HighErrorRate.md',
  ],
  [
    'a target',
    { targetsDown: [{ job: 'node-exporter', instance: 'localhost:9100' }] },
    'node-exporter at localhost:9100 does not answer scrapes. See runbooks/TargetDown.md',
  ],
  [
    'a rule',
    { failingRules: ['job:http_requests:rate2m'] },
    'The rule job:http_requests:rate2m fails. See runbooks/PrometheusRuleFailures.md',
  ],
  [
    'a fault that is still injected',
    { faults: { api: ['errors', 'latency'] } },
    'api has injected faults: errors, latency. Undo them: manage api DELETE /faults',
  ],
  [
    'the heartbeat',
    { heartbeat: 'late' },
    'The heartbeat is late: notifications may not arrive. See runbooks/Watchdog.md',
  ],
  [
    'no traffic',
    { trafficRate: 0 },
    'There is no traffic. Start it: manage traffic PUT /rate \'{"ratePerSecond": 20}\'',
  ],
])('names the problem with %s, and its fix', (_, unhealthy, problem) => {
  expect(findHealthProblems({ ...healthy, ...unhealthy })).toEqual([problem]);
});

test('ignores alerts about the machine, which others use too', () => {
  const labels = { alertname: 'HostCpuHigh', component: 'host', job: 'node-exporter' };
  expect(findHealthProblems({ ...healthy, alerts: [{ labels, state: 'firing' }] })).toEqual([]);
  expect(
    findHealthProblems({ ...healthy, alerts: [{ labels, state: 'firing' }] }, () => false),
  ).toEqual(['HostCpuHigh of node-exporter is firing. See runbooks/HostCpuHigh.md']);
});
