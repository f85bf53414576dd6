import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningApi, startApi } from '../testing/running-api.ts';

interface Menu {
  readonly id: string;
  readonly dishes: readonly { id: string; priceCents: number }[];
}

let api: RunningApi;
let menu: Menu;
const customerId = randomUUID();

beforeAll(async () => {
  api = await startApi();
  const list = (await get('/restaurants?limit=1')).body as { items: { id: string }[] };
  menu = (await get(`/restaurants/${list.items[0]?.id}`)).body as unknown as Menu;
}, 120_000);

afterAll(() => api.stop());

async function get(path: string) {
  const response = await fetch(`${api.base}/api/v1${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.base}/api/v1${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function orderBody(quantity = 2) {
  const items = menu.dishes.slice(0, 2).map(({ id }) => ({ dishId: id, quantity }));
  return { customerId, restaurantId: menu.id, items };
}

function place(key: string = randomUUID(), quantity = 2) {
  return post('/orders', orderBody(quantity), { 'idempotency-key': key });
}

function move(id: unknown, to: string, version: unknown) {
  return post(`/orders/${id}/transitions`, { to, version });
}

describe('placing an order', () => {
  test('takes the prices from the menu', async () => {
    const { status, body } = await place();
    const total = menu.dishes.slice(0, 2).reduce((sum, { priceCents }) => sum + 2 * priceCents, 0);
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'placed', version: 1, totalCents: total });
    expect((await get(`/orders/${body.id}`)).body).toMatchObject(body);
  });

  test('answers a repeated key with the same order', async () => {
    const key = randomUUID();
    const first = await place(key);
    const second = await place(key);
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
  });

  test('makes one order of fifty requests at once with one key', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => place(key)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  test('refuses a key that belongs to another order', async () => {
    const key = randomUUID();
    await place(key, 1);
    const { status, body } = await place(key, 3);
    expect(status).toBe(422);
    expect(body.message).toBe('Expected a new idempotency key for another order.');
  });

  test('refuses a dish of another restaurant and names the field', async () => {
    const order = { ...orderBody(), items: [{ dishId: randomUUID(), quantity: 1 }] };
    const { status, body } = await post('/orders', order, { 'idempotency-key': randomUUID() });
    expect(status).toBe(422);
    expect(body.validationErrors).toEqual([
      {
        field: 'body.items.0.dishId',
        message: `Expected a dish of restaurant \`${menu.id}\`, got \`${order.items[0]?.dishId}\`.`,
      },
    ]);
  });

  test.each([
    [{ customerId: 'x' }, 'body.customerId'],
    [{ items: [] }, 'body.items'],
    [{ items: [{ dishId: randomUUID(), quantity: 21 }] }, 'body.items.0.quantity'],
    [{ restaurantId: undefined }, 'body.restaurantId'],
  ])('refuses %j and names %s', async (change, field) => {
    const order = { ...orderBody(), ...change };
    const { status, body } = await post('/orders', order, { 'idempotency-key': randomUUID() });
    expect(status).toBe(400);
    expect(body.validationErrors).toEqual([{ field, message: expect.any(String) }]);
    expect(body).toMatchObject({ error: 'Bad Request', path: '/api/v1/orders' });
  });

  test('refuses an order without an idempotency key', async () => {
    const { status, body } = await post('/orders', orderBody());
    expect(status).toBe(400);
    expect(body.validationErrors).toEqual([
      { field: 'headers.idempotency-key', message: 'Expected the header to be set.' },
    ]);
  });
});

describe('moving an order', () => {
  test('goes from placed to delivered in its steps', async () => {
    const { body: order } = await place();
    let version = order.version as number;
    for (const to of ['confirmed', 'preparing', 'delivering', 'delivered']) {
      const moved = await move(order.id, to, version);
      expect(moved).toMatchObject({ status: 200, body: { status: to, version: version + 1 } });
      version += 1;
    }
    expect(await api.telemetry.renderMetrics()).toContain('orders_completed_total 1');
  });

  test('lets one of a hundred confirmations and cancellations win', async () => {
    const { body: order } = await place();
    const attempts = Array.from({ length: 100 }, (_, index) =>
      move(order.id, index % 2 === 0 ? 'confirmed' : 'cancelled', 1),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(99);
  });

  test('tells a late caller what the order is now', async () => {
    const { body: order } = await place();
    await move(order.id, 'confirmed', 1);
    const { status, body } = await move(order.id, 'cancelled', 1);
    expect(status).toBe(409);
    expect(body.details).toEqual({
      ruleViolated: 'ORDER_VERSION_STALE',
      currentStatus: 'confirmed',
      currentVersion: 2,
    });
    expect(api.linesOf('order_transition_conflict').at(-1)).toMatchObject({ order_id: order.id });
  });

  test.each([
    ['delivered', 'ORDER_TRANSITION_FORBIDDEN'],
    ['placed', 'ORDER_TRANSITION_FORBIDDEN'],
  ])('refuses to go from placed to %s', async (to, rule) => {
    const { body: order } = await place();
    const { status, body } = await move(order.id, to, 1);
    expect(status).toBe(409);
    expect(body.details).toMatchObject({ ruleViolated: rule, requestedStatus: to });
  });

  test('refuses to cancel what is on its way', async () => {
    const { body: order } = await place();
    await move(order.id, 'confirmed', 1);
    await move(order.id, 'preparing', 2);
    await move(order.id, 'delivering', 3);
    const { body } = await move(order.id, 'cancelled', 4);
    expect(body.details).toMatchObject({ ruleViolated: 'ORDER_CANCELLATION_WINDOW_EXPIRED' });
  });

  test('answers an unknown order with 404 and a malformed id with 400', async () => {
    expect((await get(`/orders/${randomUUID()}`)).status).toBe(404);
    expect((await get('/orders/17')).status).toBe(400);
  });
});
