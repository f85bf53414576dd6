import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '@watchkeeper/testing/server';
import { eventually } from '@watchkeeper/testing/waiting';
import {
  type RunningThirdParties,
  startThirdParties,
} from '@watchkeeper/third-parties/testing/running-third-parties';
import { orderPayload, publish } from '../testing/events.ts';
import { type RunningWorker, startWorker } from '../testing/running-worker.ts';
import { loadReadmeExample } from '../testing/verify-signature.ts';
import { subscribeDemo } from './subscriptions.ts';

let worker: RunningWorker;
let thirdParties: RunningThirdParties;
let redirecting: TestServer;
let hook: string;

beforeAll(async () => {
  thirdParties = await startThirdParties();
  // Long enough for a receiver on a busy machine; one test waits for it.
  redirecting = await startServer((_, response) => {
    response.writeHead(302, { location: `${thirdParties.origin}/hooks/${hook}` }).end();
  });
  const hosts = [thirdParties.origin, redirecting.url].map((url) => new URL(url).host);
  worker = await startWorker({
    WEBHOOK_PRIVATE_HOSTS: hosts.join(','),
    WEBHOOK_TIMEOUT_MS: '3000',
  });
}, 120_000);
beforeEach(() => {
  hook = randomUUID().slice(0, 8);
});
afterEach(async () => {
  thirdParties.faults.clear();
  await worker.pool.query('TRUNCATE webhooks.subscriptions CASCADE');
});
afterAll(async () => {
  await worker.stop();
  await thirdParties.stop();
  await redirecting.close();
});

async function subscribe(
  url = `${thirdParties.origin}/hooks/${hook}`,
  eventTypes = ['order.placed'],
) {
  const { status, body } = await worker.ask('POST', '/api/v1/webhooks', { url, eventTypes });
  expect(status).toBe(201);
  return body as { id: string; secret: string };
}

const placeOrder = () =>
  publish(worker.pool, { type: 'order.placed', payload: orderPayload(randomUUID()) });

const received = async () => (await thirdParties.read(`/hooks/${hook}`)).body.requests;

/** The one delivery, once it has the status. */
function waitForDelivery(status: string) {
  return eventually(async () => {
    const { body } = await worker.ask('GET', `/api/v1/webhooks/deliveries?status=${status}`);
    expect(body.items).toHaveLength(1);
    return body.items[0];
  });
}

test('delivers an event, signed, to every subscription to its type', async () => {
  const { id: subscriptionId, secret } = await subscribe();
  await subscribe(`${thirdParties.origin}/hooks/${hook}-other`, ['payment.refunded']);
  const [eventId] = await placeOrder();
  const delivery = await waitForDelivery('done');
  expect(delivery).toMatchObject({ eventId, subscriptionId, attempts: 1, lastStatusCode: 202 });
  const [request] = await received();
  expect(JSON.parse(request.body)).toMatchObject({
    id: eventId,
    type: 'order.placed',
    createdAt: expect.any(String),
    data: { totalCents: 980 },
  });
  expect(request.headers).toMatchObject({
    'content-type': 'application/json',
    'x-galley-event': 'order.placed',
    'x-galley-delivery': delivery.id,
  });
  const isFromGalley = await loadReadmeExample();
  const signature = request.headers['x-galley-signature'];
  expect(isFromGalley(secret, request.body, signature)).toBe(true);
  expect((await thirdParties.read(`/hooks/${hook}-other`)).body.requests).toEqual([]);
});

test('retries with the same id, dead-letters after the last attempt, and can be redriven', async () => {
  thirdParties.faults.set('hooks', { share: 1, status: 503, expiresInSeconds: 60 });
  await subscribe();
  await placeOrder();
  const dead = await waitForDelivery('dead');
  expect(dead).toMatchObject({
    attempts: 3,
    lastStatusCode: 503,
    lastError: 'RefusedError: The receiver answered 503.',
  });
  const metrics = await worker.telemetry.renderMetrics();
  expect(metrics).toContain('webhook_deliveries_total{event_type="order.placed",result="error"} 3');
  expect(metrics).toContain('webhooks_dead_lettered_total{event_type="order.placed"} 1');
  const lines = worker.linesOf('webhook_delivery_failed');
  expect(lines.map(({ delivery_id, attempt }) => [delivery_id, attempt])).toEqual([
    [dead.id, 1],
    [dead.id, 2],
    [dead.id, 3],
  ]);
  expect(worker.linesOf('webhook_delivery_dead')).toHaveLength(1);
  thirdParties.faults.clear();
  expect((await worker.ask('POST', `/api/v1/webhooks/deliveries/${dead.id}/redrive`)).status).toBe(
    202,
  );
  await waitForDelivery('done');
  expect((await received())[0].headers['x-galley-delivery']).toBe(dead.id);
  const again = await worker.ask('POST', `/api/v1/webhooks/deliveries/${dead.id}/redrive`);
  expect(again.body.details).toEqual({ ruleViolated: 'DELIVERY_NOT_DEAD', status: 'done' });
});

test('redrives every dead delivery', async () => {
  thirdParties.faults.set('hooks', { share: 1, status: 500, expiresInSeconds: 60 });
  const { id } = await subscribe();
  await placeOrder();
  await waitForDelivery('dead');
  thirdParties.faults.clear();
  const path = '/api/v1/webhooks/deliveries/redrive';
  const other = await worker.ask('POST', `${path}?subscriptionId=${randomUUID()}`);
  expect(other.body).toEqual({ redriven: 0 });
  expect((await worker.ask('POST', `${path}?subscriptionId=${id}`)).body).toEqual({ redriven: 1 });
  await waitForDelivery('done');
});

test('counts a slow receiver as a timeout', async () => {
  thirdParties.faults.set('hooks', { share: 1, milliseconds: 60_000, expiresInSeconds: 60 });
  await subscribe();
  await placeOrder();
  await eventually(async () =>
    expect(await worker.telemetry.renderMetrics()).toMatch(
      /webhook_deliveries_total\{event_type="order.placed",result="timeout"\} [1-9]/,
    ),
  );
});

test('follows no redirect', async () => {
  await subscribe(`${redirecting.url}/`);
  await placeOrder();
  expect(await waitForDelivery('dead')).toMatchObject({ lastStatusCode: 302 });
  expect(await received()).toEqual([]);
});

test('lists subscriptions without their secret, and removes them', async () => {
  const { id, secret } = await subscribe();
  expect(secret).toMatch(/^whsec_[\w-]{43}$/);
  const { body } = await worker.ask('GET', '/api/v1/webhooks?limit=1');
  expect(body.items[0]).toMatchObject({ id, eventTypes: ['order.placed'] });
  expect(JSON.stringify(body)).not.toContain('whsec_');
  expect(body.next).toBe(id);
  expect((await worker.ask('DELETE', `/api/v1/webhooks/${id}`)).status).toBe(204);
  expect((await worker.ask('DELETE', `/api/v1/webhooks/${id}`)).status).toBe(404);
});

test('subscribes the demo receiver once, and updates its URL', async () => {
  await Promise.all(['a', 'b'].map((name) => subscribeDemo(worker.pool, `http://x.test/${name}`)));
  await subscribeDemo(worker.pool, 'http://x.test/c');
  const { body } = await worker.ask('GET', '/api/v1/webhooks');
  expect(body.items.map(({ url }: { url: string }) => url)).toEqual(['http://x.test/c']);
});

test.each([
  ['customer', 403],
  [undefined, 401],
] as const)('answers the role %s with %i', async (role, status) => {
  const headers = role === undefined ? {} : { authorization: await worker.authorization(role) };
  for (const path of ['/api/v1/webhooks', '/api/v1/outbox/dead', '/api/v1/analytics/hours']) {
    expect((await fetch(`${worker.base}${path}`, { headers })).status).toBe(status);
  }
});

test.each([
  ['revoked', 'revoked_at = now()'],
  ['expired', 'expires_at = now()'],
])('refuses an administrator whose session is %s', async (_, change) => {
  const headers = { authorization: await worker.authorization('admin') };
  const ask = async () => (await fetch(`${worker.base}/api/v1/webhooks`, { headers })).status;
  expect(await ask()).toBe(200);
  await worker.pool.query(`UPDATE accounts.sessions SET ${change}
    WHERE id = (SELECT id FROM accounts.sessions ORDER BY created_at DESC LIMIT 1)`);
  expect(await ask()).toBe(401);
});
