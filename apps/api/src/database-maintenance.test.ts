import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningApi, startApi } from './testing/running-api.ts';

const page = readFileSync(
  new URL('../../../docs/database-maintenance.md', import.meta.url),
  'utf8',
);
const blocks = [...page.matchAll(/^```sql expect=(\w+)\n(.*?)^```/gms)].map(
  ([, expected = '', statement = '']) =>
    [statement.split('\n', 1)[0], expected, statement] as const,
);

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
}, 120_000);

afterAll(() => api.stop());

test('every block of the page is run', () => {
  expect(blocks).toHaveLength(page.split('```sql').length - 1);
  expect(blocks.length).toBeGreaterThan(10);
});

test.each(blocks)('%s … answers %s', async (_, expected, statement) => {
  const { rows } = await api.pool.query(statement);
  expect(['some', 'none', 'any']).toContain(expected);
  if (expected === 'some') expect(rows).not.toEqual([]);
  if (expected === 'none') expect(rows).toEqual([]);
});
