import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { clientOf, orderBody } from '../testing/cast.ts';
import { useShop } from '../testing/shop.ts';

const shop = useShop();

function place() {
  return shop.cast.asCustomer.post('/orders', orderBody(shop.menu));
}

/** As an admin, so that only the life cycle can refuse. */
function move(id: unknown, to: string, version: unknown) {
  return shop.cast.asAdmin.post(`/orders/${id}/transitions`, { to, version });
}

async function eventsOf(orderId: string) {
  const { rows } = await shop.api.pool.query(
    'SELECT event_type AS type, payload FROM events.outbox WHERE aggregate_id = $1 ORDER BY id',
    [orderId],
  );
  return rows;
}

describe('moving an order', () => {
  test('goes from placed to delivered step by step, and publishes each', async () => {
    const { body: order } = await place();
    const steps = ['confirmed', 'preparing', 'delivering', 'delivered'];
    for (const [index, to] of steps.entries()) {
      const moved = await move(order.id, to, index + 1);
      expect(moved).toMatchObject({ status: 200, body: { status: to, version: index + 2 } });
    }
    expect(await shop.api.telemetry.renderMetrics()).toContain('orders_completed_total 1');
    const events = await eventsOf(order.id);
    expect(events.map(({ payload }) => payload.status)).toEqual(['placed', ...steps]);
  });

  test('lets one of a hundred confirmations and cancellations win', async () => {
    const { body: order } = await place();
    const path = `/orders/${order.id}/transitions`;
    const attempts = Array.from({ length: 100 }, (_, index) =>
      index % 2 === 0
        ? shop.cast.asRestaurant.post(path, { to: 'confirmed', version: 1 })
        : shop.cast.asCustomer.post(path, { to: 'cancelled', version: 1 }),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(99);
    expect(await eventsOf(order.id)).toHaveLength(2);
  });

  test('returns the current order to a caller with a stale version', async () => {
    const { body: order } = await place();
    await move(order.id, 'confirmed', 1);
    const { status, body } = await move(order.id, 'cancelled', 1);
    expect(status).toBe(409);
    expect(body.details).toEqual({
      ruleViolated: 'ORDER_VERSION_STALE',
      currentStatus: 'confirmed',
      currentVersion: 2,
    });
    expect(shop.api.linesOf('order_transition_conflict').at(-1)).toMatchObject({
      order_id: order.id,
    });
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

  test('refuses to cancel an order that is out for delivery', async () => {
    const { body: order } = await place();
    await move(order.id, 'confirmed', 1);
    await move(order.id, 'preparing', 2);
    await move(order.id, 'delivering', 3);
    const { body } = await move(order.id, 'cancelled', 4);
    expect(body.details).toMatchObject({ ruleViolated: 'ORDER_CANCELLATION_WINDOW_EXPIRED' });
  });

  test('answers an unknown order with 404 and a malformed id with 400', async () => {
    expect((await shop.cast.asAdmin.get(`/orders/${randomUUID()}`)).status).toBe(404);
    expect((await shop.cast.asAdmin.get('/orders/17')).status).toBe(400);
  });
});

describe('who may do what', () => {
  test.each([
    ['GET', '/orders'],
    ['GET', `/orders/${randomUUID()}`],
    ['POST', '/orders'],
    ['POST', `/orders/${randomUUID()}/transitions`],
    ['POST', `/orders/${randomUUID()}/payments`],
    ['GET', `/payments/${randomUUID()}`],
    ['POST', `/payments/${randomUUID()}/capture`],
    ['POST', `/payments/${randomUUID()}/refunds`],
    ['GET', '/wallet'],
    ['GET', '/assignments'],
    ['POST', `/assignments/${randomUUID()}/accept`],
    ['POST', `/assignments/${randomUUID()}/pickup`],
    ['POST', `/assignments/${randomUUID()}/deliver`],
  ])('%s %s asks for a token', async (method, path) => {
    const visitor = clientOf(shop.api);
    const { status } = method === 'GET' ? await visitor.get(path) : await visitor.post(path);
    expect(status).toBe(401);
  });

  test('only customers place orders', async () => {
    expect((await shop.cast.asCourier.post('/orders', orderBody(shop.menu))).status).toBe(403);
  });

  test("another customer's order is as if it were not there", async () => {
    const { body: order } = await place();
    const asOther = clientOf(shop.api, await shop.api.signIn('customer'));
    for (const client of [asOther, shop.cast.asCourier]) {
      expect((await client.get(`/orders/${order.id}`)).status).toBe(404);
      const moved = await client.post(`/orders/${order.id}/transitions`, {
        to: 'cancelled',
        version: 1,
      });
      expect(moved.status).toBe(404);
    }
    expect((await shop.cast.asRestaurant.get(`/orders/${order.id}`)).status).toBe(200);
  });

  test.each([
    ['asCustomer', 'confirmed', 403],
    ['asCustomer', 'cancelled', 200],
    ['asRestaurant', 'delivering', 403],
    ['asRestaurant', 'cancelled', 200],
    ['asRestaurant', 'confirmed', 200],
  ] as const)('%s having a new order %s is answered with %d', async (who, to, expected) => {
    const { body: order } = await place();
    const moved = await shop.cast[who].post(`/orders/${order.id}/transitions`, { to, version: 1 });
    expect(moved.status).toBe(expected);
  });
});
