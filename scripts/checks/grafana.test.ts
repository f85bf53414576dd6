import { expect, test } from '@jest/globals';
import { type DataSource, dashboardFaults, dataSourceFaults, providerFaults } from './grafana.ts';

const sound: DataSource = {
  name: 'Loki',
  uid: 'loki',
  type: 'loki',
  access: 'proxy',
  url: 'http://loki:3100',
  isDefault: true,
  jsonData: { derivedFields: [{ datasourceUid: 'loki', url: '$${__value.raw}' }] },
};
const judge = (change: object) =>
  dataSourceFaults({ apiVersion: 1, datasources: [{ ...sound, ...change }] });

test('finds nothing in a sound data source', () => {
  expect(judge({})).toEqual([]);
});

test.each<[string, object, string]>([
  ['no uid', { uid: '' }, 'data source `Loki`: expected `uid`.'],
  ['direct access', { access: 'direct' }, 'data source `Loki`: expected `access: proxy`.'],
  ['an unknown type', { type: 'lokki' }, 'data source `Loki`: expected a known `type`.'],
  [
    'an unknown key',
    { jsonData: { derivedField: 1 } },
    'data source `Loki`, jsonData: `derivedField` is not in the documented schema.',
  ],
  [
    'a link to nowhere',
    { jsonData: { derivedFields: [{ datasourceUid: 'tempo' }] } },
    'data source `Loki`: `datasourceUid: tempo` is no data source of this file.',
  ],
  [
    'a dollar that Grafana would expand',
    { jsonData: { derivedFields: [{ url: '$__tags' }] } },
    'data source `Loki`: expected `$$` for `$` in `$__tags`.',
  ],
])('refuses %s', (_, change, fault) => {
  expect(judge(change)).toContain(fault);
});

test('refuses an interval at which changes on a bind mount are missed', () => {
  const provider = { name: 'x', type: 'file', options: { path: '/x' } };
  const file = { apiVersion: 1, providers: [{ ...provider, updateIntervalSeconds: 10 }] };
  expect(providerFaults(file)).toEqual([
    'expected `updateIntervalSeconds` of at least 11, got `10`.',
  ]);
});

test('refuses a dashboard that Grafana 13 would not load', () => {
  expect(dashboardFaults('http.json', { uid: 'http', title: 'HTTP', schemaVersion: 42 })).toEqual(
    [],
  );
  expect(dashboardFaults('http.json', { dashboard: {} })).toEqual([
    'expected the plain model, not one below `dashboard`.',
  ]);
  expect(dashboardFaults('http.json', { uid: 'other', title: 'HTTP', schemaVersion: 50 })).toEqual([
    "expected its file's name as `uid`, got `other`.",
    'expected a `schemaVersion` up to 42, got `50`.',
  ]);
});
