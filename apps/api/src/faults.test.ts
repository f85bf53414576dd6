import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import fc from 'fast-check';
import { hostileBody, hostileText, hostileValue } from './testing/hostile.ts';
import { type RunningApi, startApi } from './testing/running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
}, 120_000);

afterAll(() => api.stop());

// Settings that are right would take gigabytes or block the test; those are tried elsewhere.
const harmless = ['errors', 'latency', 'heldConnections', 'slowQueries', 'cacheFlush'] as const;
const settings = hostileBody({
  ...{ share: 0.5, pathPrefix: '/', milliseconds: 1, connections: 1, perSecond: 1, everyMs: 10 },
  expiresInSeconds: 1,
});
const named = fc.dictionary(fc.oneof(fc.constantFrom(...harmless), hostileText), settings, {
  maxKeys: 3,
});
const body = fc.oneof(
  { weight: 4, arbitrary: named.map((faults) => JSON.stringify(faults)) },
  hostileValue.map((value) => JSON.stringify(value)),
  hostileText.map((text) => text.toWellFormed()),
);

const put = (faults: object) =>
  fetch(`${api.management}/faults`, { method: 'PUT', body: JSON.stringify(faults) });
const clearFaults = () => fetch(`${api.management}/faults`, { method: 'DELETE' });

async function metric(series: string): Promise<number> {
  const line = new RegExp(`^${series.replace(/[{}]/g, '\\$&')} (\\d+)$`, 'm');
  return Number(line.exec(await api.telemetry.renderMetrics())?.[1]);
}

test('held connections appear in the pool metrics, and are released', async () => {
  await put({ heldConnections: { connections: 3 } });
  await waitUntil(async () => (await metric('db_connections_active')) >= 3);
  await clearFaults();
  await waitUntil(async () => (await metric('db_connections_active')) <= 0);
  expect((await fetch(`${api.base}/api/v1/restaurants?limit=3`)).status).toBe(200);
});

test('slow queries appear in the counter and the log', async () => {
  const slow = 'db_slow_queries_total{operation="select"}';
  const before = (await metric(slow)) || 0;
  await put({ slowQueries: { milliseconds: 120, perSecond: 20 } });
  // On a busy machine another slow query could have raised the counter.
  const isReported = () =>
    api.linesOf('slow_query').some(({ statement }) => statement === 'SELECT pg_sleep($1)');
  await waitUntil(async () => isReported() && (await metric(slow)) > before);
  await clearFaults();
});

test('log lines come in a burst that fills a queue of any size', async () => {
  const before = api.linesOf('fault_line_written').length;
  await put({ droppedLogLines: { perSecond: 5_000 } });
  await clearFaults();
  expect(api.linesOf('fault_line_written').length - before).toBeGreaterThanOrEqual(5_000);
});

test('faults are set completely or refused in the usual error format', async () => {
  const url = `${api.management}/faults`;
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const answer = await fetch(url, { method: 'PUT', body: sent });
      const received = await answer.json();
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 400) {
        expect(received).toEqual({
          ...{ statusCode: 400, error: 'Bad Request', path: '/faults' },
          ...{ message: expect.any(String), timestamp: expect.any(String) },
        });
        expect(await (await fetch(url)).json()).toEqual({});
      }
      await fetch(url, { method: 'DELETE' });
    }),
    { numRuns: 200 },
  );
  expect(api.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect((await fetch(`${api.base}/api/v1/restaurants`)).status).toBe(200);
});
