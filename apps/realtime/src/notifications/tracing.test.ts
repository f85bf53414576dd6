import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestTracing } from '@watchkeeper/telemetry/testing/spans';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type RunningRealtime, startRealtime } from '../testing/running-realtime.ts';

const spans = startTestTracing();
let realtime: RunningRealtime;

beforeAll(async () => {
  realtime = await startRealtime();
}, 60_000);

afterAll(() => realtime.stop());

test('carries one trace from the sender to the recipient on another instance', async () => {
  const other = await realtime.startInstance();
  const { orderId, customerId, courierId } = await realtime.api.place();
  const [customer, courier] = [await realtime.connect(customerId), await other.connect(courierId)];
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  customer.send('chat.send', { orderId, clientMessageId: 'm', text: 'Hello' }, { traceparent });
  await courier.next('chat.message');
  const [message] = courier.received.filter(({ type }) => type === 'chat.message');
  // A client must not join our traces, so the message starts one, with a link to the sender's.
  const [, ownId = ''] = message?.traceparent?.split('-') ?? [];
  expect(ownId).not.toBe(traceId);
  const received = await waitUntil(() =>
    spans.all().find(({ name }) => name === 'receive chat.send'),
  );
  expect(received.spanContext().traceId).toBe(ownId);
  expect(received.links.map(({ context }) => context.traceId)).toContain(traceId);
  const expected = ['receive chat.send', 'process realtime_fanout', 'send chat.message'];
  // Some end after the message has arrived.
  await waitUntil(() => {
    const ofTrace = spans.all().filter((span) => span.spanContext().traceId === ownId);
    const names = new Set(ofTrace.map(({ name }) => name));
    return expected.every((name) => names.has(name));
  });
  await waitUntil(() => realtime.linesOf('chat_send_completed').length > 0);
  expect(realtime.linesOf('chat_send_completed')[0]).toMatchObject({
    trace_id: ownId,
    user_id: customerId,
    order_id: orderId,
  });
  expect(JSON.stringify(realtime.lines)).not.toContain('Hello');
  await Promise.all([customer.close(), courier.close()]);
});

test('puts the ids of the upgrade on every line of a connection', async () => {
  const client = await realtime.connect();
  await client.close();
  const connected = realtime.linesOf('ws_client_connected').at(-1);
  const disconnected = await waitUntil(() =>
    realtime
      .linesOf('ws_client_disconnected')
      .find(({ connection_id }) => connection_id === connected?.connection_id),
  );
  const ids = { request_id: expect.any(String), user_id: expect.any(String) };
  expect(connected).toMatchObject(ids);
  expect(disconnected).toMatchObject({
    request_id: connected?.request_id,
    user_id: connected?.user_id,
  });
});
