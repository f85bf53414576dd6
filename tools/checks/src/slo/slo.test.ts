import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { parse } from 'yaml';
import { readAddresses } from '../generators/addresses.ts';
import { readSeverities } from '../mixin/config.ts';
import { readBurnAlerts } from './burns.ts';
import { readSlos as readSlosOf } from './document.ts';
import { retentionProblems } from './retention-check.ts';
import { sloRules as rulesOf } from './rules.ts';

const file = join(repositoryRoot, 'monitoring/slo/gateway.yml');
const text = readFileSync(file, 'utf8');
const alerts = readBurnAlerts(repositoryRoot);
const input = {
  alerts,
  severities: readSeverities(repositoryRoot),
  addresses: readAddresses(repositoryRoot),
};
const readSlos = (content: string, path: string) =>
  readSlosOf(content, path, alerts.ErrorBudgetBurnFast.burns[0]);
const sloRules = (slos: ReturnType<typeof readSlos>) => rulesOf(slos, input);

test('makes a recording of good and bad alike, under the name of the objective', () => {
  const { groups } = parse(sloRules(readSlos(text, file))) as {
    groups: {
      name: string;
      rules: { record: string; expr: string; labels?: { slo?: string } }[];
    }[];
  };
  const rules = groups[0]?.rules.filter(({ labels }) => labels?.slo === 'gateway-latency') ?? [];
  expect(rules.map(({ record }) => record)).toEqual([
    'job_slo:sli_events:rate5m',
    'job_slo:sli_errors:rate5m',
    'job_slo:sli_objective:ratio',
  ]);
  expect(rules[1]?.expr).toMatch(
    /sli_events:rate5m\{slo="gateway-latency"\}\)\n- sum by \(job\) .*le="0.5"\}\[5m\]/,
  );
  expect(rules[2]).toMatchObject({
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
  ['duration: 30d', 'duration: 7d', /timeWindow.0.duration: Expected from 28d to 90d, got `7d`/],
  ['duration: 30d', 'duration: 4w', /got `4w`/],
  ['[{{.window}}]', '[5m]', /query: Invalid string: must include "\{\{.window\}\}"/],
  ['sum by (job) (rate', 'sum by (job (rate', /query: no PromQL/],
  ['        bad:', '        worse:', /ratioMetric: Unrecognized key: "worse"/],
  ['openslo/v1', 'openslo/v2', /apiVersion/],
])('refuses `%s` changed to `%s`, with file and place', (from, to, message) => {
  const change = () => readSlos(text.replace(from, to), 'monitoring/slo/gateway.yml');
  expect(change).toThrow(/^monitoring\/slo\/gateway.yml, document 1, `gateway-availability`:/);
  expect(change).toThrow(message);
});

test('thresholds follow the window, which is one for all objectives', () => {
  const slos = readSlos(
    text.replaceAll('duration: 30d', 'duration: 90d').replaceAll('0.95', '0.99'),
    file,
  );
  expect(sloRules(slos)).toContain('job_slo:error_budget_burn:rate1h > 43.2');
  expect(sloRules(slos)).toContain('sum_over_time(job_slo:sli_errors:rate5m[90d])');
  const mixed = readSlos(text.replace('duration: 30d', 'duration: 28d'), file);
  expect(() => sloRules(mixed)).toThrow(
    'expected one window for all objectives, got `28d` of gateway-availability and `30d` of gateway-latency',
  );
});

test('shares, windows, floors and severities are those of the configuration', () => {
  const slow = {
    ...alerts.ErrorBudgetBurnSlow,
    severity: 'critical',
    keepFiringFor: '3m',
  } as const;
  const burns: typeof slow.burns = [{ share: 0.25, long: '2h', short: '30m', now: '5m' }];
  const changed = { ...alerts, ErrorBudgetBurnSlow: { ...slow, burns, minFailures: 7 } };
  const { groups } = parse(rulesOf(readSlos(text, file), { ...input, alerts: changed }));
  const rule = groups[0].rules.find(({ alert }: { alert?: string }) => /Slow/.test(alert ?? ''));
  expect(rule).toMatchObject({ keep_firing_for: '3m', labels: { severity: 'critical' } });
  expect(rule.expr).toContain('# At this rate 25 % of the error budget of 30d is spent in 2h.');
  expect(rule.expr).toContain('job_slo:error_budget_burn:rate2h > 90\n');
  expect(rule.expr).toContain('and job_slo:error_budget_burn:rate30m > 90\n');
  expect(rule.expr).toContain('and job_slo:error_budget_burn:rate5m > 90\n');
  expect(rule.expr).toContain('and job_slo:sli_errors:increase2h > 7\n');
});

test.each([
  ['31d', []],
  ['7d', [expect.stringContaining('`30d`, got `7d`')]],
  ['long', [expect.stringContaining('got `long`')]],
])('compares a window of 30d with a retention of `%s`', (kept, problems) => {
  const flag = `--storage.tsdb.retention.time=\${PROMETHEUS_RETENTION_TIME:-${kept}}`;
  expect(retentionProblems(flag, '30d')).toEqual(problems);
});
