import { expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { suggestNames } from '../command/suggestions.ts';
import type { InboxAlert } from '../observation/monitoring-clients.ts';
import {
  type DrillablePage,
  isDrillable,
  readAllDrillPages,
  readDrillPage,
} from '../runbooks/drill-page.ts';
import { planBatches } from './batch-plan.ts';
import { mergeDrills } from './merge-drills.ts';
import { allowedAlertNames, findUnexpectedPages } from './unexpected-pages.ts';

const root = repositoryRoot;
const pages = readAllDrillPages(root);

test('every drill is in one batch, and only alerts about machines are exempt', () => {
  const drillable = pages.filter(isDrillable);
  const planned = planBatches(drillable).flat();
  expect(planned.map(({ name }) => name).sort()).toEqual(drillable.map(({ name }) => name).sort());
  const exempt = pages.filter((page) => !isDrillable(page)).map(({ name }) => name);
  // Memory, disk and clock of the machine that the drills run on; what no mode has: a second
  // Alertmanager, a certificate, a day in which series grow.
  expect(exempt.sort()).toEqual([
    ...['AlertmanagerClusterIncomplete', 'CertificateExpiring'],
    ...['HostClockSkew', 'HostConntrackHigh', 'HostDiskFilling', 'HostDiskNearlyFull'],
    ...['HostFilesystemReadOnly', 'HostMemoryHigh', 'HostMemoryPressure', 'HostOomKills'],
    'PrometheusSeriesGrowth',
  ]);
});

test('no two drills of a batch set one thing differently', () => {
  for (const batch of planBatches(pages.filter(isDrillable)))
    expect(() => mergeDrills(batch)).not.toThrow();
});

const drillOf = (name: string, drill: object) =>
  ({ name, drill: { outcome: 'fires', ...drill } }) as DrillablePage;

test('merges the faults of drills, each once', () => {
  const merged = mergeDrills([
    drillOf('One', { halt: ['api'], faults: [{ app: 'worker', set: { errors: { share: 1 } } }] }),
    drillOf('Two', {
      halt: ['api', 'loki'],
      faults: [{ app: 'worker', set: { pausedOutbox: {} } }],
    }),
  ]);
  expect(merged).toMatchObject({
    halt: ['api', 'loki'],
    faults: [{ app: 'worker', set: { errors: { share: 1 }, pausedOutbox: {} } }],
  });
});

test('refuses to merge two settings of one fault', () => {
  const one = drillOf('One', { faults: [{ app: 'api', set: { errors: { share: 1 } } }] });
  const two = drillOf('Two', { faults: [{ app: 'api', set: { errors: { share: 0.5 } } }] });
  expect(() => mergeDrills([one, two])).toThrow(
    'Two and another drill set `errors` differently. Run them in separate batches.',
  );
});

test('suggests similar names, and none where none is similar', () => {
  const names = pages.map(({ name }) => name);
  expect(suggestNames('HighErorRate', names)[0]).toBe('HighErrorRate');
  expect(suggestNames('postgresdown', names)[0]).toBe('PostgresDown');
  expect(suggestNames('Xyzzy', names)).toEqual([]);
  expect(() => readDrillPage(root, 'HighErorRate')).toThrow(/Did you mean `HighErrorRate`/);
});

test('reports unexpected pages, but not the moment of a restart', () => {
  const page = (alertname: string, job: string, at = 20, severity = 'critical'): InboxAlert => ({
    status: 'firing',
    labels: { alertname, job, severity },
    annotations: {},
    startsAt: '',
    receivedAt: { firing: new Date(at).toISOString(), resolved: null },
  });
  const names = allowedAlertNames([drillOf('HighErrorRate', { also: ['ErrorBudgetBurnFast'] })]);
  const alerts = [
    page('HighErrorRate', 'api'),
    page('ErrorBudgetBurnFast', 'api'),
    page('ServiceDown', 'api'),
    page('ServiceDown', 'worker'),
    page('PostgresDown', 'postgres-exporter', 5),
    page('HighLatency', 'api', 20, 'warning'),
  ];
  expect(findUnexpectedPages(alerts, 10, { names, restarted: new Set(['api']) })).toEqual([
    'ServiceDown of worker',
  ]);
});
