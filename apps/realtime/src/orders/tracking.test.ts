import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type Instance, type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';
import type { TestClient } from '../testing/test-client.ts';

let realtime: RunningRealtime;
let other: Instance;

beforeAll(async () => {
  realtime = await startRealtime();
  other = await realtime.startInstance();
}, 60_000);

afterAll(() => realtime.stop());

test('sends the status at once, and then every change, on every instance', async () => {
  const order = await realtime.api.place();
  const { orderId, customerId, courierId } = order;
  const clients = [await realtime.connect(customerId), await other.connect(courierId)];
  for (const client of clients) {
    client.send('order.subscribe', { orderId });
    const first = { orderId, status: 'placed', version: 1, courierId };
    expect(await client.next('order.status')).toEqual(first);
  }
  for (const [index, status] of ['confirmed', 'preparing', 'delivering', 'delivered'].entries()) {
    await realtime.api.change(order, status);
    for (const client of clients) {
      expect(await client.next('order.status')).toMatchObject({ status, version: index + 2 });
    }
  }
  for (const client of clients) await client.close();
});

test('never sends an older status after a newer one', async () => {
  const { orderId, customerId } = await realtime.api.place();
  const client = await realtime.connect(customerId);
  client.send('order.subscribe', { orderId });
  await client.next('order.status');
  const notify = (version: number, status: string) => {
    const event = { orderId, customerId, courierId: randomUUID(), status, version };
    return realtime.pool.query("SELECT pg_notify('order_events', $1)", [JSON.stringify(event)]);
  };
  await notify(5, 'preparing');
  await notify(4, 'confirmed');
  await notify(6, 'delivering');
  await client.next('order.status', ({ version }) => version === 6);
  const versions = client.received.filter(({ type }) => type === 'order.status');
  expect(versions.map(({ data }) => data.version)).toEqual([1, 5, 6]);
  await client.close();
});

test('answers a repeated subscription, and stops after an unsubscription', async () => {
  const order = await realtime.api.place();
  const { orderId } = order;
  const client = await realtime.connect(order.customerId);
  for (let i = 0; i < 2; i += 1) {
    client.send('order.subscribe', { orderId });
    expect(await client.next('order.status')).toMatchObject({ status: 'placed' });
  }
  client.send('order.unsubscribe', { orderId });
  client.send('heartbeat');
  await client.next('pong');
  await realtime.api.change(order, 'confirmed');
  client.send('order.subscribe', { orderId });
  expect(await client.next('order.status')).toMatchObject({ status: 'confirmed' });
  client.send('heartbeat');
  await client.next('pong');
  expect(client.received.filter(({ type }) => type === 'order.status')).toHaveLength(3);
  await client.close();
});

/** Also waits for the answer to a heartbeat, so that a second status would have come before. */
async function expectOneStatus(client: TestClient): Promise<void> {
  client.send('heartbeat');
  await client.next('pong');
  expect(client.received.filter(({ type }) => type === 'order.status')).toHaveLength(1);
  await client.close();
}

test('answers once if the order changes during the subscription', async () => {
  const { orderId, customerId, courierId } = await realtime.api.place();
  const client = await realtime.connect(customerId);
  // Delays the answer until the client has received the change.
  const changing = await realtime.pool.connect();
  await changing.query('BEGIN; LOCK TABLE orders.orders IN ACCESS EXCLUSIVE MODE');
  client.send('order.subscribe', { orderId });
  await waitUntil(async () => {
    const waiting = `SELECT FROM pg_locks WHERE relation = 'orders.orders'::regclass AND NOT granted`;
    return (await realtime.pool.query(waiting)).rowCount === 1;
  });
  const event = { orderId, customerId, courierId, status: 'confirmed', version: 2 };
  await realtime.pool.query("SELECT pg_notify('order_events', $1)", [JSON.stringify(event)]);
  expect(await client.next('order.status')).toMatchObject({ version: 2 });
  const update = "UPDATE orders.orders SET status = 'confirmed', version = 2 WHERE id = $1";
  await changing.query(update, [orderId]);
  await changing.query('COMMIT');
  changing.release();
  await expectOneStatus(client);
});

test.each([
  ['a stranger', async () => (await realtime.api.place()).orderId],
  ['an unknown order', async () => randomUUID()],
])('refuses %s', async (_, orderOf) => {
  const client = await realtime.connect();
  client.send('order.subscribe', { orderId: await orderOf() });
  expect(await client.next('error')).toEqual({
    code: 'order_not_found',
    message: 'You have no order with this id.',
    requestType: 'order.subscribe',
  });
  await client.close();
});

test('ends the subscription of a courier after a reassignment', async () => {
  const order = await realtime.api.place();
  const client = await realtime.connect(order.courierId);
  client.send('order.subscribe', { orderId: order.orderId });
  await client.next('order.status');
  await realtime.api.reassign(order, randomUUID());
  expect(await client.next('error')).toMatchObject({ code: 'no_longer_party' });
  await realtime.api.change(order, 'delivering');
  await expectOneStatus(client);
});

test('limits the subscriptions of one client', async () => {
  const { customerId, orderId } = await realtime.api.place();
  const orders = await Promise.all(
    Array.from({ length: 50 }, () => realtime.api.place({ customerId })),
  );
  const quick = await realtime.startInstance({ messagesPerSecond: 100 });
  const client = await quick.connect(customerId);
  for (const { orderId: id } of orders) {
    client.send('order.subscribe', { orderId: id });
    await client.next('order.status');
  }
  client.send('order.subscribe', { orderId });
  expect(await client.next('error')).toEqual({
    code: 'too_many_subscriptions',
    message: 'Expected at most 50 orders at once. Unsubscribe from some.',
    requestType: 'order.subscribe',
  });
  await client.close();
});

test('forwards typing to the other party on another instance, not at every keystroke', async () => {
  const { orderId, customerId, courierId } = await realtime.api.place();
  const [customer, courier] = [await realtime.connect(customerId), await other.connect(courierId)];
  customer.send('typing', { orderId, isTyping: true });
  expect(await customer.next('error')).toMatchObject({ code: 'not_subscribed' });
  customer.send('order.subscribe', { orderId });
  await customer.next('order.status');
  for (const isTyping of [true, true, true, false]) customer.send('typing', { orderId, isTyping });
  await courier.next('typing', ({ isTyping }) => !isTyping);
  const forwarded = courier.received.filter(({ type }) => type === 'typing');
  expect(forwarded.map(({ data }) => data)).toEqual([
    { orderId, userId: customerId, isTyping: true },
    { orderId, userId: customerId, isTyping: false },
  ]);
  await Promise.all([customer.close(), courier.close()]);
});

test.each([
  ['order_events', 'not JSON'],
  ['order_events', '{"orderId":"17"}'],
  ['realtime_fanout', '{"from":"me","event":{"kind":"message"}}'],
  ['realtime_fanout', ''],
])('ignores on %s the notification %j', async (channel, payload) => {
  const series = `galley_notifications_total{channel="${channel}",result="invalid"}`;
  const before = await realtime.metric(series);
  await realtime.pool.query('SELECT pg_notify($1, $2)', [channel, payload]);
  await waitUntil(async () => (await realtime.metric(series)) > before);
  expect(realtime.linesOf('notification_invalid').at(-1)).toMatchObject({ channel });
});
