import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { json } from '../testing/fake-service.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.stop());

const statuses = { api: 'up', realtime: 'up' };

async function ask(path: string) {
  // The report is remembered for two seconds.
  gateway.pass(2_001);
  const answer = await fetch(`${gateway.base}${path}`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('reports the status of each capability, without internals', async () => {
  for (const name of ['api', 'realtime'] as const) {
    gateway[name].handle = (_, response) =>
      json(response, statuses[name] === 'down' ? 503 : 200, {
        status: statuses[name],
        checks: { database: { message: 'connect ECONNREFUSED 10.0.0.7:5432' } },
      });
  }
  const { status, body } = await ask('/ready');
  expect(status).toBe(200);
  expect(body).toEqual({
    status: 'up',
    timestamp: expect.any(String),
    capabilities: { ordering: 'up', tracking: 'up', webhooks: 'up' },
  });
  expect(gateway.api.received.at(-1)).toMatchObject({ method: 'GET', url: '/ready' });

  statuses.realtime = 'down';
  expect(await ask('/ready')).toMatchObject({
    status: 200,
    body: { status: 'degraded', capabilities: { ordering: 'up', tracking: 'down' } },
  });

  statuses.api = 'down';
  expect(await ask('/ready')).toMatchObject({ status: 503, body: { status: 'down' } });
  expect(await ask('/health')).toMatchObject({ status: 200, body: { status: 'down' } });
  const own = await fetch(`${gateway.management}/ready`);
  expect(own.status).toBe(200);
  expect(await own.json()).toMatchObject({
    status: 'degraded',
    checks: { api: { status: 'degraded', message: 'Expected the status to be up, got down.' } },
  });

  const asked = gateway.api.received.length;
  await Promise.all(Array.from({ length: 20 }, () => fetch(`${gateway.base}/health`)));
  expect(gateway.api.received.length).toBe(asked);
});
