import { expect, test } from '@jest/globals';
import { dashboardProblems, dataSourceProblems, providerProblems } from './provisioning-check.ts';

const sound = {
  name: 'Loki',
  uid: 'loki',
  type: 'loki',
  access: 'proxy',
  url: 'http://loki:3100',
  isDefault: true,
  jsonData: {
    derivedFields: [
      { name: 'trace', matcherRegex: 'x', url: '$${__value.raw}', datasourceUid: 'loki' },
    ],
  },
};
const judge = (change: object) =>
  dataSourceProblems({ apiVersion: 1, datasources: [{ ...sound, ...change }] });
const derived = (change: object) => ({
  jsonData: { derivedFields: [{ ...sound.jsonData.derivedFields[0], ...change }] },
});

test('finds nothing in a sound data source', () => {
  expect(judge({})).toEqual([]);
});

test.each<[string, object, string]>([
  ['a bad uid', { uid: 'L oki' }, '`datasources.0.uid`: '],
  [
    'direct access',
    { access: 'direct' },
    '`datasources.0.access`: Invalid input: expected "proxy"',
  ],
  ['an unknown type', { type: 'lokki' }, '`datasources.0.type`: Invalid discriminator value'],
  ['an unknown key', { password: 'x' }, '`datasources.0`: Unrecognized key: "password"'],
  [
    'an unknown key further in',
    derived({ regex: '.' }),
    '`datasources.0.jsonData.derivedFields.0`: Unrecognized key: "regex"',
  ],
  [
    'a link to nowhere',
    derived({ datasourceUid: 'tempo' }),
    'data source `Loki`: `datasourceUid: tempo` is no data source of this file.',
  ],
  [
    'a dollar that Grafana would expand',
    derived({ url: '$__tags' }),
    'data source `Loki`: expected `$$` for `$` in `$__tags`.',
  ],
])('refuses %s', (_, change, problem) => {
  expect(judge(change).join('\n')).toContain(problem);
});

test('refuses two data sources of one uid, and none by default', () => {
  const other = { ...sound, isDefault: false };
  expect(dataSourceProblems({ apiVersion: 1, datasources: [other, other] })).toEqual([
    'expected each uid once.',
    'expected one data source with `isDefault: true`.',
  ]);
});

test('refuses an interval at which changes on a bind mount are missed', () => {
  const provider = { name: 'x', type: 'file', options: { path: '/x' } };
  const file = { apiVersion: 1, providers: [{ ...provider, updateIntervalSeconds: 10 }] };
  expect(providerProblems(file)).toEqual([
    '`providers.0.updateIntervalSeconds`: Too small: expected number to be >=11.',
  ]);
});

test('refuses a dashboard that Grafana 13 would not load', () => {
  expect(dashboardProblems({ uid: 'http', title: 'HTTP', schemaVersion: 42 }, 'http.json')).toEqual(
    [],
  );
  expect(dashboardProblems({ dashboard: {} }, 'http.json')).toEqual([
    'expected the plain model, not one below `dashboard`.',
  ]);
  expect(
    dashboardProblems({ uid: 'other', title: 'HTTP', schemaVersion: 50 }, 'http.json'),
  ).toEqual([
    "expected its file's name as `uid`, got `other`.",
    'expected a `schemaVersion` up to 42, got `50`.',
  ]);
});
