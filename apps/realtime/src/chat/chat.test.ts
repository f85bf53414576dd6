import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type Instance, type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';

let realtime: RunningRealtime;
let other: Instance;

beforeAll(async () => {
  realtime = await startRealtime({ notifyAfterMs: 500 });
  other = await realtime.startInstance();
}, 60_000);

afterAll(() => realtime.stop());

/** The two parties of a new order, the courier on the instance `at`. */
async function startChat(at: Instance = realtime) {
  const order = await realtime.api.place();
  const customer = await realtime.connect(order.customerId);
  const courier = await at.connect(order.courierId);
  await realtime.online(order.courierId);
  const close = () => Promise.all([customer.close(), courier.close()]);
  return { ...order, customer, courier, close };
}

/** The events about an order's messages. */
async function notifiedOf(orderId: string) {
  return (await realtime.api.messagesSent()).filter(({ payload }) => payload.orderId === orderId);
}

test.each(['the same instance', 'another instance'])(
  'delivers a message to %s, and its receipts back',
  async (where) => {
    const chat = await startChat(where === 'another instance' ? other : realtime);
    const { orderId, customerId } = chat;
    chat.customer.send('chat.send', { orderId, clientMessageId: 'm-1', text: 'At the side door.' });
    const sent = await chat.customer.next('chat.receipt');
    expect(sent).toEqual({ messageId: expect.any(String), clientMessageId: 'm-1', status: 'sent' });
    const { messageId } = sent;
    expect(await chat.courier.next('chat.message')).toEqual({
      messageId,
      orderId,
      senderId: customerId,
      text: 'At the side door.',
      sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    for (const status of ['delivered', 'read']) {
      chat.courier.send(`chat.${status}`, { messageIds: [messageId] });
      expect(await chat.customer.next('chat.receipt')).toEqual({
        messageId,
        clientMessageId: 'm-1',
        status,
      });
    }
    await chat.close();
  },
);

test('keeps the order of messages across instances', async () => {
  const { orderId, customer, courier, close } = await startChat(other);
  const texts = Array.from({ length: 30 }, (_, index) => `message ${index}`);
  for (const text of texts) {
    customer.send('chat.send', { orderId, clientMessageId: text.replace(' ', '-'), text });
  }
  await courier.next('chat.message', ({ text }) => text === texts.at(-1));
  const got = courier.received.filter(({ type }) => type === 'chat.message');
  expect(got.map(({ data }) => data.text)).toEqual(texts);
  await close();
});

test('stores a message once if a client sends it again', async () => {
  const { orderId, customer, courier, close } = await startChat();
  const message = { orderId, clientMessageId: 'again', text: 'Hello?' };
  customer.send('chat.send', message);
  const { messageId } = await customer.next('chat.receipt');
  courier.send('chat.read', { messageIds: [messageId] });
  await customer.next('chat.receipt', ({ status }) => status === 'read');
  customer.send('chat.send', message);
  expect(await customer.next('chat.receipt')).toMatchObject({ messageId, status: 'read' });
  customer.send('chat.send', { ...message, text: 'Something else' });
  expect(await customer.next('error')).toEqual({
    code: 'client_message_id_reused',
    message: 'Expected a new `clientMessageId`, got one of another message.',
    requestType: 'chat.send',
  });
  expect(courier.received.filter(({ type }) => type === 'chat.message')).toHaveLength(1);
  await close();
});

test('shows a message on every device of its sender', async () => {
  const { orderId, customerId, customer, close } = await startChat();
  const tablet = await other.connect(customerId, 'tablet');
  customer.send('chat.send', { orderId, clientMessageId: 'echo', text: 'Hello' });
  expect(await tablet.next('chat.message')).toMatchObject({ text: 'Hello' });
  expect(customer.received.map(({ type }) => type)).not.toContain('chat.message');
  await tablet.close();
  await close();
});

test('has the worker notify an offline recipient, and delivers when they connect', async () => {
  const { orderId, customerId, courierId } = await realtime.api.place();
  const customer = await realtime.connect(customerId);
  for (const text of ['first', 'second']) {
    customer.send('chat.send', { orderId, clientMessageId: text, text });
    await customer.next('chat.receipt');
  }
  const notified = await notifiedOf(orderId);
  expect(notified).toHaveLength(2);
  expect(notified[0]?.payload).toEqual({
    messageId: expect.any(String),
    orderId,
    senderId: customerId,
    recipientId: courierId,
    at: expect.any(String),
  });
  expect(notified[0]?.trace_context).toHaveProperty('request_id');
  const courier = await other.connect(courierId);
  expect(await courier.next('chat.message')).toMatchObject({ text: 'first' });
  expect(await courier.next('chat.message')).toMatchObject({ text: 'second' });
  expect(await realtime.metric('galley_chat_messages_total{recipient="offline"}')).toBe(2);
  await Promise.all([customer.close(), courier.close()]);
});

test('has the worker notify, once, a recipient who is online but acknowledges nothing', async () => {
  const { orderId, customer, courier, close } = await startChat();
  customer.send('chat.send', { orderId, clientMessageId: 'ignored', text: 'Anybody?' });
  const { messageId } = await courier.next('chat.message');
  await waitUntil(async () => (await notifiedOf(orderId)).length > 0);
  const { rows } = await realtime.pool.query(
    `SELECT notified_at - sent_at >= interval '500 ms' AS "isLate" FROM realtime.messages
     WHERE id = $1`,
    [messageId],
  );
  expect(rows).toEqual([{ isLate: true }]);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await notifiedOf(orderId)).toHaveLength(1);
  await close();
});

test('accepts receipts from the recipient only', async () => {
  const { orderId, customer, close } = await startChat();
  const stranger = await realtime.connect();
  customer.send('chat.send', { orderId, clientMessageId: 'm', text: 'Hello' });
  const { messageId } = await customer.next('chat.receipt');
  stranger.send('chat.read', { messageIds: [messageId] });
  customer.send('chat.read', { messageIds: [messageId] });
  stranger.send('heartbeat');
  await stranger.next('pong');
  const { rows } = await realtime.pool.query(
    'SELECT delivered_at, read_at FROM realtime.messages WHERE id = $1',
    [messageId],
  );
  expect(rows).toEqual([{ delivered_at: null, read_at: null }]);
  await stranger.close();
  await close();
});

test('refuses a message from a stranger like one for an unknown order', async () => {
  const { orderId } = await realtime.api.place();
  const stranger = await realtime.connect();
  for (const id of [orderId, randomUUID()]) {
    stranger.send('chat.send', { orderId: id, clientMessageId: 'x', text: 'Hello' });
    expect(await stranger.next('error')).toEqual({
      code: 'order_not_found',
      message: 'You have no order with this id.',
      requestType: 'chat.send',
    });
  }
  await stranger.close();
});

test('refuses a message while there is no courier', async () => {
  const { orderId, customerId } = await realtime.api.place({ courierId: null });
  const customer = await realtime.connect(customerId);
  customer.send('chat.send', { orderId, clientMessageId: 'x', text: 'Hello' });
  expect(await customer.next('error')).toMatchObject({ code: 'no_courier_yet' });
  await customer.close();
});

test('forwards neither messages nor typing to a user who has blocked the sender', async () => {
  const { orderId, customerId, courierId, customer, courier, close } = await startChat();
  await realtime.api.block(customerId, courierId);
  for (const { send, next } of [courier, customer]) {
    send('order.subscribe', { orderId });
    await next('order.status');
  }
  courier.send('typing', { orderId, isTyping: true });
  courier.send('chat.send', { orderId, clientMessageId: 'x', text: 'Hello' });
  expect(await courier.next('error')).toEqual({
    code: 'recipient_has_blocked_you',
    message: 'The recipient has blocked you.',
    requestType: 'chat.send',
  });
  customer.send('heartbeat');
  await customer.next('pong');
  const types = customer.received.map(({ type }) => type);
  expect(types).not.toContain('chat.message');
  expect(types).not.toContain('typing');
  expect(await notifiedOf(orderId)).toEqual([]);
  await close();
});

test.each([
  ['no text', { text: '' }, '`data.text`'],
  ['the character zero', { text: 'a\0b' }, '`data.text`'],
  ['2,001 characters', { text: 'x'.repeat(2_001) }, '`data.text`'],
  ['no order', { orderId: 'mine' }, '`data.orderId`'],
  ['an invalid client message id', { clientMessageId: 'two words' }, '`data.clientMessageId`'],
])('refuses a message with %s', async (_, wrong, field) => {
  const customer = await realtime.connect();
  const message = { orderId: randomUUID(), clientMessageId: 'x', text: 'Hello' };
  customer.send('chat.send', { ...message, ...wrong });
  expect(await customer.next('error')).toEqual({
    code: 'validation_failed',
    message: `Expected valid values for ${field}.`,
    requestType: 'chat.send',
  });
  await customer.close();
});
