import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { clientOf, orderBody } from '../testing/cast.ts';
import { useShop } from '../testing/shop.ts';

const shop = useShop();

function place(key: string = randomUUID(), quantity = 2) {
  return shop.cast.asCustomer.post('/orders', orderBody(shop.menu, quantity), key);
}

async function eventsOf(orderId: string) {
  const { rows } = await shop.api.pool.query(
    'SELECT event_type AS type, payload FROM events.outbox WHERE aggregate_id = $1 ORDER BY id',
    [orderId],
  );
  return rows;
}

describe('placing an order', () => {
  test('takes the prices from the menu', async () => {
    const { status, body } = await place();
    const total = shop.menu.dishes
      .slice(0, 2)
      .reduce((sum, { priceCents }) => sum + 2 * priceCents, 0);
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'placed', version: 1, totalCents: total });
    expect(body.customerId).toBe(shop.cast.customer.userId);
    const { body: details } = await shop.cast.asCustomer.get(`/orders/${body.id}`);
    expect(details).toMatchObject(body);
    expect(details.items).toHaveLength(2);
    expect(details).toMatchObject({ payment: null, assignment: null });
  });

  test('takes the customer from the token, not the body', async () => {
    const body = { ...orderBody(shop.menu), customerId: randomUUID() };
    const { body: order } = await shop.cast.asCustomer.post('/orders', body);
    expect(order.customerId).toBe(shop.cast.customer.userId);
  });

  test('publishes it with all fields that handlers need', async () => {
    const { body: order } = await place();
    const { id, restaurantId, totalCents } = order;
    expect(await eventsOf(id)).toEqual([
      {
        type: 'order.placed',
        payload: {
          ...{ orderId: id, customerId: shop.cast.customer.userId, restaurantId },
          ...{ status: 'placed', version: 1, totalCents, at: expect.any(String) },
        },
      },
    ]);
  });

  test('answers a repeated key with the same order', async () => {
    const key = randomUUID();
    const first = await place(key);
    const second = await place(key);
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
  });

  test('creates one order from fifty concurrent requests with one key', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => place(key)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await eventsOf(answers[0]?.body.id)).toHaveLength(1);
  });

  test('refuses the key of another order', async () => {
    const key = randomUUID();
    await place(key, 1);
    const { status, body } = await place(key, 3);
    expect(status).toBe(422);
    expect(body.message).toBe('Expected a new idempotency key for another order.');
  });

  test('refuses a dish of another restaurant and names the field', async () => {
    const order = { ...orderBody(shop.menu), items: [{ dishId: randomUUID(), quantity: 1 }] };
    const { status, body } = await shop.cast.asCustomer.post('/orders', order);
    expect(status).toBe(422);
    expect(body.validationErrors).toEqual([
      {
        field: 'body.items.0.dishId',
        message: `Expected a dish of restaurant \`${shop.menu.id}\`, got \`${order.items[0]?.dishId}\`.`,
      },
    ]);
  });

  test.each([
    [{ items: [] }, 'body.items'],
    [{ items: [{ dishId: randomUUID(), quantity: 21 }] }, 'body.items.0.quantity'],
    [{ restaurantId: undefined }, 'body.restaurantId'],
    [{ deliveryAddress: 'Quay 1\u0000' }, 'body.deliveryAddress'],
  ])('refuses %j and names %s', async (change, field) => {
    const { status, body } = await shop.cast.asCustomer.post('/orders', {
      ...orderBody(shop.menu),
      ...change,
    });
    expect(status).toBe(400);
    expect(body.validationErrors).toEqual([{ field, message: expect.any(String) }]);
    expect(body).toMatchObject({ error: 'Bad Request', path: '/api/v1/orders' });
  });

  test('refuses an order without an idempotency key', async () => {
    const response = await fetch(`${shop.api.base}/api/v1/orders`, {
      method: 'POST',
      body: JSON.stringify(orderBody(shop.menu)),
      headers: { 'content-type': 'application/json', ...shop.cast.customer.headers },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      validationErrors: [
        { field: 'headers.idempotency-key', message: 'Expected the header to be set.' },
      ],
    });
  });
});

describe('listing orders', () => {
  test('pages through own orders, newest first', async () => {
    const asOther = clientOf(shop.api, await shop.api.signIn('customer'));
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.unshift((await asOther.post('/orders', orderBody(shop.menu))).body.id);
    }
    const listed: string[] = [];
    let after = '';
    do {
      const { body } = await asOther.get(`/orders?limit=2${after}`);
      listed.push(...body.items.map(({ id }: { id: string }) => id));
      after = body.next === undefined ? '' : `&after=${body.next}`;
    } while (after !== '');
    expect(listed).toEqual(ids);
  });

  test('lists the orders of a restaurant', async () => {
    const { body: order } = await place();
    const { body } = await shop.cast.asRestaurant.get(
      `/orders?restaurantId=${shop.menu.id}&limit=1`,
    );
    expect(body.items).toEqual([order]);
    expect((await shop.cast.asRestaurant.get('/orders')).status).toBe(400);
    expect(
      (await shop.cast.asCourier.get(`/orders?restaurantId=${shop.menu.id}`)).body.items,
    ).toEqual([]);
  });
});
