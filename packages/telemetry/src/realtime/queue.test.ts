import { expect, test } from '@jest/globals';
import { createBoundedQueue, instrumentQueue } from '../index.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

async function queueOf(drop: 'oldest' | 'newest') {
  const { telemetry } = await createTestTelemetry();
  const make = () =>
    instrumentQueue(createBoundedQueue<number>({ limit: 2, drop }), telemetry, {
      type: 'outbound',
    });
  const lines = async () => (await telemetry.renderMetrics()).split('\n');
  return { make, lines };
}

test.each([
  ['oldest', [2, 3]],
  ['newest', [1, 2]],
] as const)('drops the %s when full, and counts it', async (drop, kept) => {
  const { make, lines } = await queueOf(drop);
  const queue = make();
  expect([1, 2, 3].map((item) => queue.push(item))).toEqual([true, true, false]);
  expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([...kept, undefined]);
  expect(await lines()).toContain(
    'channel_dropped_messages_total{type="outbound",reason="queue_full"} 1',
  );
});

test('shows the deepest queue of a type, and forgets those that closed', async () => {
  const { make, lines } = await queueOf('newest');
  const [deep, shallow] = [make(), make()];
  deep.push(1);
  deep.push(2);
  shallow.push(1);
  expect(await lines()).toContain('channel_queue_depth{type="outbound"} 2');
  expect(await lines()).toContain('channel_queue_limit{type="outbound"} 2');
  deep.close();
  expect(await lines()).toContain('channel_queue_depth{type="outbound"} 1');
  expect(deep.push(3)).toBe(false);
  expect(await lines()).toContain(
    'channel_dropped_messages_total{type="outbound",reason="closed"} 3',
  );
});

test('has no bound of a queue that does not name one', async () => {
  const { telemetry } = await createTestTelemetry();
  const unbounded = { size: 3, limit: null as never, onDrop: () => {}, onClose: () => {} };
  instrumentQueue(unbounded, telemetry, { type: 'ack' });
  const text = await telemetry.renderMetrics();
  expect(text).toContain('channel_queue_depth{type="ack"} 3\n');
  expect(text).not.toContain('channel_queue_limit{');
});
