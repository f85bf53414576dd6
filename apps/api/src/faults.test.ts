import { afterAll, beforeAll, expect, test } from '@jest/globals';
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

test('the switches take or refuse anything, whole, in the format of all refusals', async () => {
  const url = `${api.management}/faults`;
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const answer = await fetch(url, { method: 'PUT', body: sent });
      const told = await answer.json();
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 400) {
        expect(told).toEqual({
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
