import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@watchkeeper/testing/waiting';
import {
  type RunningThirdParties,
  startThirdParties,
} from '@watchkeeper/third-parties/testing/running-third-parties';
import { addUser, orderPayload, paymentPayload, publish, stateOf } from '../testing/events.ts';
import { type RunningWorker, startWorker } from '../testing/running-worker.ts';

const orderId = '0f8fad5b-d9cb-469f-a165-70867728950e';
let worker: RunningWorker;
let thirdParties: RunningThirdParties;

beforeAll(async () => {
  thirdParties = await startThirdParties();
  worker = await startWorker({ SMS_URL: thirdParties.origin });
}, 120_000);
afterEach(() => thirdParties.faults.clear());
afterAll(async () => {
  await worker.stop();
  await thirdParties.stop();
});

async function textsTo(phone: string): Promise<string[]> {
  const { body } = await thirdParties.read(`/sms/messages?to=${encodeURIComponent(phone)}`);
  return body.messages.map(({ text }: { text: string }) => text);
}

const order = (userId: string, status: string) => ({
  type: 'order.status_changed',
  payload: orderPayload(userId, status, orderId),
});

test.each([
  [
    'an order on its way',
    (userId: string) => order(userId, 'delivering'),
    'Galley: your order 0f8fad5b is on its way.',
  ],
  [
    'a refund',
    (userId: string) => ({
      type: 'payment.refunded',
      payload: { ...paymentPayload(userId, 1_250), orderId },
    }),
    'Galley: EUR 12.50 of your order 0f8fad5b is on its way back to you.',
  ],
  [
    'a courier',
    (userId: string) => ({
      type: 'delivery.assigned',
      payload: orderPayload(userId, 'x', orderId),
    }),
    'Galley: a courier will bring your order 0f8fad5b.',
  ],
  [
    'a message',
    (userId: string) => ({
      type: 'message.sent',
      payload: { messageId: 1, orderId, senderId: orderId, recipientId: userId },
    }),
    'Galley: you have a new message about order 0f8fad5b.',
  ],
  [
    'their registration',
    (userId: string) => ({ type: 'user.registered', payload: { userId, role: 'customer' } }),
    'Welcome to Galley.',
  ],
])('notifies people of %s', async (_name, eventFor, text) => {
  const { userId, phone } = await addUser(worker.pool);
  await publish(worker.pool, eventFor(userId));
  await eventually(async () => expect(await textsTo(phone)).toEqual([text]));
});

test('sends no message for a kitchen step, or to an unknown user', async () => {
  const { userId } = await addUser(worker.pool);
  const [kitchen = '', unknown = ''] = await publish(
    worker.pool,
    order(userId, 'preparing'),
    order(orderId, 'delivered'),
  );
  await eventually(async () => {
    for (const id of [kitchen, unknown])
      expect(await stateOf(worker.pool, id)).toMatchObject({ state: 'processed' });
  });
  const { rows } = await worker.pool.query(
    'SELECT FROM notifications.messages WHERE event_id = ANY($1)',
    [[kitchen, unknown]],
  );
  expect(rows).toEqual([]);
});

test('retries when the provider fails, and logs it without number and text', async () => {
  const { userId, phone } = await addUser(worker.pool);
  thirdParties.faults.set('sms', { share: 1, status: 503, expiresInSeconds: 60 });
  await publish(worker.pool, order(userId, 'confirmed'));
  const line = await eventually(async () => {
    const found = worker.linesOf('notification_send_failed').find((it) => it.user_id === userId);
    expect(found).toBeDefined();
    return found;
  });
  expect(line).toMatchObject({
    ...{ level: 'error', template: 'order_confirmed', channel: 'sms', attempt: 1 },
    ...{ status_code: 503, err: { type: 'RefusedError' } },
  });
  expect(JSON.stringify(line)).not.toContain(phone);
  thirdParties.faults.clear();
  await eventually(async () => expect(await textsTo(phone)).toHaveLength(1));
  expect(await worker.telemetry.renderMetrics()).toContain(
    'notification_sends_total{template="order_confirmed",result="error"} 1',
  );
});
