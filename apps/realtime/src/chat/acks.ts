import type { Context } from '../context.ts';
import { createBatcher } from '../notifications/batcher.ts';
import { chunk } from '../notifications/fanout.ts';
import type { Delivery } from './delivery.ts';
import type { Ack, ChatStore } from './store.ts';

// Some seconds' worth at the highest load; a client sends a dropped one again.
const maxQueued = 2_000;
// A receipt takes up to 250 bytes of the 8000 of a notification.
const receiptsPerNotification = 30;

export type Acks = ReturnType<typeof createAcks>;

/** Creates the queue of acknowledgements: written in batches, then sent to the message senders. */
export function createAcks({ telemetry, fanout }: Context, store: ChatStore, delivery: Delivery) {
  return createBatcher<Ack>(telemetry, {
    name: 'receipts',
    type: 'ack',
    limit: maxQueued,
    run: async (acks) => {
      const receipts = await store.acknowledge(deduplicate(acks), async (written, client) => {
        for (const part of chunk(written, receiptsPerNotification)) {
          await fanout.publish({ kind: 'receipts', receipts: part }, client);
        }
      });
      delivery.receipts(receipts);
    },
  });
}

/** One for each message and reader: `read` implies `delivered`. */
function deduplicate(acks: readonly Ack[]): readonly Ack[] {
  const byMessage = new Map<string, Ack>();
  for (const ack of acks) {
    const key = `${ack.messageId} ${ack.userId}`;
    if (byMessage.get(key)?.status !== 'read') byMessage.set(key, ack);
  }
  return [...byMessage.values()];
}
