import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  createPublisher,
  type OutboxEvent,
  type PublishEvent,
  withTransaction,
} from '@watchkeeper/galley';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type RunningApi, startApi } from '../testing/running-api.ts';

let api: RunningApi;
let publish: PublishEvent;

beforeAll(async () => {
  api = await startApi();
  publish = createPublisher(api.telemetry);
}, 120_000);

afterAll(() => api.stop());

function orderEvent(): OutboxEvent {
  const orderId = randomUUID();
  const payload = {
    orderId,
    customerId: randomUUID(),
    status: 'placed',
    version: 1,
    totalCents: 9,
  };
  return { type: 'order.placed', aggregateId: orderId, payload };
}

async function stored(aggregateId: string) {
  const { rows } = await api.pool.query(
    'SELECT event_type, payload, attempts FROM events.outbox WHERE aggregate_id = $1',
    [aggregateId],
  );
  return rows;
}

test('stores an event with its transaction', async () => {
  const event = orderEvent();
  await withTransaction(api.pool, (client) => publish(client, event));
  expect(await stored(event.aggregateId)).toEqual([
    { event_type: 'order.placed', payload: event.payload, attempts: 0 },
  ]);
  expect(await api.telemetry.renderMetrics()).toContain(
    'events_published_total{event_type="order.placed"} 1',
  );
});

test('discards an event whose transaction fails', async () => {
  const event = orderEvent();
  const work = withTransaction(api.pool, async (client) => {
    await publish(client, event);
    throw new Error('the change failed');
  });
  await expect(work).rejects.toThrow('the change failed');
  expect(await stored(event.aggregateId)).toEqual([]);
});

test("notifies the worker once and the hub of the order's status", async () => {
  const listener = await api.pool.connect();
  const heard: [string, string | undefined][] = [];
  listener.on('notification', ({ channel, payload }) => void heard.push([channel, payload]));
  await listener.query('LISTEN outbox; LISTEN order_events');
  const first = orderEvent();
  await withTransaction(api.pool, async (client) => {
    await publish(client, first);
    await publish(client, { ...orderEvent(), type: 'payment.captured' });
  });
  await waitUntil(() => heard.length >= 2);
  listener.release(true);
  const { totalCents: _, ...expected } = first.payload as Record<string, unknown>;
  expect(heard.filter(([channel]) => channel === 'outbox')).toEqual([['outbox', '']]);
  const orderEvents = heard.filter(([channel]) => channel === 'order_events');
  expect(orderEvents.map(([, text]) => JSON.parse(text ?? ''))).toEqual([expected]);
});
