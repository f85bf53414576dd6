import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';

let realtime: RunningRealtime;

beforeAll(async () => {
  realtime = await startRealtime();
}, 60_000);

afterAll(() => realtime.stop());

const readyStatus = async () => (await fetch(`${realtime.management}/ready`)).status;

test('resyncs after only its listener was disconnected', async () => {
  const order = await realtime.api.place();
  const client = await realtime.connect(order.customerId);
  client.send('order.subscribe', { orderId: order.orderId });
  await client.next('order.status');
  await realtime.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'realtime listener'",
  );
  await realtime.api.change(order, 'confirmed');
  expect(await client.next('order.status')).toMatchObject({ status: 'confirmed' });
  await waitUntil(() => realtime.linesOf('resync_completed').length > 0);
  expect(realtime.linesOf('listener_lost')).toHaveLength(1);
  await client.close();
});

test('keeps its clients connected through a database outage', async () => {
  const order = await realtime.api.place();
  const { orderId } = order;
  const customer = await realtime.connect(order.customerId);
  const courier = await realtime.connect(order.courierId);
  const message = { orderId, clientMessageId: 'm', text: 'Hello' };
  customer.send('chat.send', message);
  const { messageId } = await courier.next('chat.message');

  await realtime.stack.halt('postgres');
  customer.send('chat.send', { ...message, clientMessageId: 'lost' });
  expect(await customer.next('error')).toEqual({
    code: 'failed',
    message: 'The message failed. Try again.',
    requestType: 'chat.send',
  });
  expect(await readyStatus()).toBe(503);
  // Accepted all the same, and written once the database is back.
  courier.send('chat.read', { messageIds: [messageId] });
  courier.send('heartbeat');
  await courier.next('pong');
  await waitUntil(() => realtime.linesOf('batch_failed').length > 0);

  await realtime.stack.resume('postgres');
  await waitUntil(async () => (await readyStatus()) === 200);
  expect(await customer.next('chat.receipt', ({ status }) => status === 'read')).toMatchObject({
    messageId,
  });
  customer.send('chat.send', { ...message, clientMessageId: 'again' });
  await customer.next('chat.receipt', ({ clientMessageId }) => clientMessageId === 'again');
  await realtime.api.change(order, 'confirmed');
  customer.send('order.subscribe', { orderId });
  expect(await customer.next('order.status')).toMatchObject({ status: 'confirmed' });
  await realtime.online(order.courierId);
  await Promise.all([customer.close(), courier.close()]);
}, 60_000);
