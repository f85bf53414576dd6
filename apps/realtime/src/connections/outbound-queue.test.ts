import { expect, test } from '@jest/globals';
import { createOutboundQueue } from './outbound-queue.ts';

/** A full queue of messages of these types, and what it dropped. */
function queueOf(...types: string[]) {
  const queue = createOutboundQueue(types.length);
  const drops: string[] = [];
  queue.onDrop((reason) => drops.push(reason));
  const push = (type: string) => queue.push({ message: { type, text: '' }, queuedAt: 0 });
  for (const type of types) push(type);
  const rest = () => {
    const left: string[] = [];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      left.push(next.message.type);
    }
    return left;
  };
  return { queue, push, drops, rest };
}

test('drops ephemeral messages first, and keeps the rest in order', () => {
  const { push, drops, rest } = queueOf('chat.message', 'presence', 'order.status');
  expect(push('typing')).toBe(true);
  expect(drops).toEqual(['queue_full']);
  expect(rest()).toEqual(['chat.message', 'presence', 'order.status']);
});

test.each(['chat.message', 'chat.receipt', 'order.status', 'error', 'welcome'])(
  'makes room for %s at the cost of the oldest ephemeral message',
  (type) => {
    const { push, drops, rest } = queueOf('chat.message', 'typing', 'pong');
    expect(push(type)).toBe(true);
    expect(drops).toEqual(['queue_full']);
    expect(rest()).toEqual(['chat.message', 'pong', type]);
  },
);

test('refuses a message that must not be dropped when there is no room', () => {
  const { push, queue } = queueOf('chat.message', 'order.status');
  expect(push('chat.message')).toBe(false);
  expect(queue.size).toBe(2);
});

test('drops everything when it closes, and all later messages', () => {
  const { push, queue, drops } = queueOf('chat.message', 'typing');
  let isReported = false;
  queue.onClose(() => {
    isReported = true;
  });
  queue.close();
  expect(push('chat.message')).toBe(true);
  expect(drops).toEqual(['closed', 'closed', 'closed']);
  expect({ size: queue.size, isReported }).toEqual({ size: 0, isReported: true });
});
