import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '@watchkeeper/testing/server';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { parseBacktestArguments } from './arguments.ts';
import { runBacktest } from './backtest.ts';

const now = 1_800_000_000;
let server: TestServer | undefined;
afterEach(() => server?.close());

/** A Prometheus with these metrics, in which every expression held for the last ten minutes. */
async function startPrometheus(metrics: readonly string[]): Promise<void> {
  server = await startServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const isList = request.url?.startsWith('/api/v1/label/');
    const { start = '0', end = '0', step = '60' } = Object.fromEntries(new URLSearchParams(text));
    const from = text.includes('count_over_time') ? Number(start) : now - 600;
    const values: [number, string][] = [];
    for (let time = from; time <= Number(end); time += Number(step)) values.push([time, '1']);
    const result = metrics.length === 0 ? [] : [{ metric: { job: 'api' }, values }];
    response.end(JSON.stringify({ status: 'success', data: isList ? metrics : { result } }));
  });
}

function requestWith(...words: string[]) {
  const folder = makeTemporaryFolder('backtest');
  const rules = join(folder, 'a.rules.yml');
  writeFileSync(
    rules,
    `groups: [{ name: a, interval: 60s, rules: [{ alert: Down, expr: up == 0, labels: { severity: critical } }, { alert: Other, expr: other > 1 }] }]`,
  );
  const request = parseBacktestArguments(
    [
      ...['--prometheus', server?.url ?? '', '--days', '1', '--rules', rules, '--zone', 'UTC'],
      ...['--picture', join(folder, 'p.svg'), '--json', join(folder, 'f.json'), ...words],
    ],
    [],
  );
  if (request === 'help') throw new Error('Expected a request.');
  return { request, folder };
}

test('prints the table, and writes the picture and every firing', async () => {
  await startPrometheus(['up']);
  const { request, folder } = requestWith();
  const lines: string[] = [];
  await runBacktest(request, { log: (line) => lines.push(line), now: () => now });
  const text = lines.join('\n');
  expect(text).toContain('Prometheus has 1d of the last 1 days.');
  expect(text).toMatch(/^Down {3}critical {2}1 {6}10m/m);
  expect(text).toContain('Nothing to judge by: Other, without other.');
  expect(readFileSync(join(folder, 'p.svg'), 'utf8')).toContain('Down');
  const json = JSON.parse(readFileSync(join(folder, 'f.json'), 'utf8')) as unknown;
  expect(json).toMatchObject([
    {
      alert: 'Down',
      firings: [{ from: '2027-01-15T07:50:00.000Z', to: '2027-01-15T08:00:00.000Z' }],
    },
    { alert: 'Other' },
  ]);
});

test('refuses a Prometheus without data, and writes nothing', async () => {
  await startPrometheus([]);
  const { request, folder } = requestWith();
  await expect(runBacktest(request, { log: () => {}, now: () => now })).rejects.toThrow(
    /Expected data of the last 1 days in http.*, got none/,
  );
  expect(existsSync(join(folder, 'p.svg'))).toBe(false);
});

test('names a picture that it cannot write, after the table', async () => {
  await startPrometheus(['up']);
  const { request } = requestWith('--picture', '/nowhere/p.svg');
  const lines: string[] = [];
  await expect(
    runBacktest(request, { log: (line) => lines.push(line), now: () => now }),
  ).rejects.toThrow(/Expected to write `\/nowhere\/p\.svg`, got ENOENT.*folder that exists/);
  expect(lines.join('\n')).toContain('Down');
});
