import { beforeEach, expect, test } from '@jest/globals';
import { sendRaw } from '@watchkeeper/testing/raw-request';
import { json, type Received } from './testing/fake-service.ts';
import { useGateway } from './testing/running-gateway.ts';

const gateway = useGateway();

beforeEach(() => {
  gateway.api.received.length = 0;
  gateway.api.handle = (each, response) => json(response, 200, each);
});

test('forwards method, path, query and body, and returns the response', async () => {
  gateway.api.handle = (_, response) =>
    json(response, 201, { id: 7 }, { 'x-own': 'yes', 'x-powered-by': 'it' });
  const answer = await fetch(`${gateway.base}/api/v1/orders?dry=1`, {
    method: 'POST',
    headers: {
      authorization: gateway.authorization,
      'content-type': 'application/json',
      'idempotency-key': 'k',
    },
    body: '{"restaurantId":1}',
  });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual({ id: 7 });
  expect(answer.headers.get('x-own')).toBe('yes');
  expect(answer.headers.get('x-powered-by')).toBeNull();
  expect(gateway.api.received).toMatchObject([
    {
      method: 'POST',
      url: '/api/v1/orders?dry=1',
      body: '{"restaurantId":1}',
      headers: {
        authorization: gateway.authorization,
        'idempotency-key': 'k',
        'content-length': '18',
      },
    },
  ]);
});

test("forwards its own ids and addresses, not the caller's", async () => {
  await sendRaw(gateway.base, '/api/v1/orders', {
    headers: {
      authorization: gateway.authorization,
      'x-request-id': 'mine',
      'x-forwarded-for': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
      baggage: 'user=1',
      connection: 'x-hop, close',
      'x-hop': '1',
      te: 'trailers',
      host: 'galley.example',
    },
  });
  const [{ headers }] = gateway.api.received as [Received];
  expect(headers).toMatchObject({
    'x-request-id': 'mine',
    'x-correlation-id': 'mine',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': 'galley.example',
    'x-forwarded-proto': 'http',
    'accept-encoding': 'identity',
  });
  for (const name of ['forwarded', 'baggage', 'x-hop', 'te']) expect(headers[name]).toBeUndefined();
});

test('never sends a request anywhere but to its upstreams', async () => {
  for (const path of ['//evil.example/api/v1/orders', 'http://evil.example/api/v1/orders']) {
    expect(
      (await sendRaw(gateway.base, path, { headers: { authorization: gateway.authorization } }))
        .status,
    ).toBe(404);
  }
  expect(gateway.api.received).toEqual([]);
});

test.each(['/metrics', '/faults', '/api/v1/../../metrics', '/health/db', '/health/pool'])(
  'has nothing at %s',
  async (path) => {
    expect(
      (await sendRaw(gateway.base, path, { headers: { authorization: gateway.authorization } }))
        .status,
    ).toBe(404);
    expect(gateway.api.received).toEqual([]);
  },
);

test.each(['/api/v1/auth/../orders', '/api/v1/auth/%2e%2e/orders', '/api/v1/AUTH/logout'])(
  'asks for a token at %s',
  async (path) => {
    expect((await sendRaw(gateway.base, path)).status).toBe(401);
    expect(gateway.api.received).toEqual([]);
  },
);

test.each(['/api/v1/auth/login', '/API/v1/auth/login/', '/api/v1/restaurants/7'])(
  'asks for no token at %s',
  async (path) => {
    expect((await sendRaw(gateway.base, path)).status).toBe(200);
  },
);

test('cancels the upstream request when the caller disconnects', async () => {
  const left = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  gateway.api.handle = (_, response) => {
    response.once('close', left.resolve);
    asked.resolve();
  };
  const controller = new AbortController();
  const { signal } = controller;
  const answer = fetch(`${gateway.base}/api/v1/orders`, {
    headers: { authorization: gateway.authorization },
    signal,
  });
  await asked.promise;
  controller.abort();
  await expect(answer).rejects.toThrow();
  await left.promise;
  expect(gateway.linesOf('upstream_request_failed')).toEqual([]);
});
