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

test('finds nothing wrong with a healthy system, nor with what is only pending', () => {
  const pending = { labels: { alertname: 'HighLatency', job: 'api' }, state: 'pending' };
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
    'HighErrorRate of api fires. See runbooks/HighErrorRate.md',
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
    'a fault that somebody left on',
    { faults: { api: ['errors', 'latency'] } },
    'api has the faults errors, latency switched on. End them: manage api DELETE /faults',
  ],
  [
    'the heartbeat',
    { heartbeat: 'late' },
    'The heartbeat is late: notifications may not arrive. See runbooks/Watchdog.md',
  ],
  [
    'no traffic',
    { trafficRate: 0 },
    'There is no traffic to fail. Set it: manage traffic PUT /rate \'{"ratePerSecond": 20}\'',
  ],
])('names what is wrong with %s, and the way on', (_, ill, problem) => {
  expect(findHealthProblems({ ...healthy, ...ill })).toEqual([problem]);
});

test('leaves out alerts about the machine, which others use too', () => {
  const labels = { alertname: 'HostCpuHigh', component: 'host', job: 'node-exporter' };
  expect(findHealthProblems({ ...healthy, alerts: [{ labels, state: 'firing' }] })).toEqual([]);
  expect(
    findHealthProblems({ ...healthy, alerts: [{ labels, state: 'firing' }] }, () => false),
  ).toEqual(['HostCpuHigh of node-exporter fires. See runbooks/HostCpuHigh.md']);
});
