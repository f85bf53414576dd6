import type { Telemetry } from '@watchkeeper/telemetry';
import { type Batcher, createBatcher } from '../notifications/batcher.ts';
import { type Fanout, inParts } from '../notifications/fanout.ts';
import type { Delivery } from './delivery.ts';
import type { Ack, ChatStore } from './store.ts';

/** Receipts on their way into the database. */
export type Acks = Batcher<Ack>;

// Some seconds' worth at the highest load; a client sends again what was dropped.
const maxWaiting = 2_000;
// A receipt takes up to 250 bytes of the 8000 a notification may have.
const receiptsPerNotification = 30;

/** Makes the queue of receipts: written in batches, then told to the senders on every instance. */
export function createAcks(
  telemetry: Telemetry,
  { store, fanout, delivery }: { store: ChatStore; fanout: Fanout; delivery: Delivery },
): Acks {
  return createBatcher<Ack>(telemetry, {
    name: 'receipts',
    type: 'ack',
    limit: maxWaiting,
    run: async (acks) => {
      const receipts = await store.acknowledge(strongest(acks), async (written, client) => {
        for (const part of inParts(written, receiptsPerNotification)) {
          await fanout.publish({ kind: 'receipts', receipts: part }, client);
        }
      });
      delivery.receipts(receipts);
    },
  });
}

/** One for each message and reader: `read` says `delivered` too. */
function strongest(acks: readonly Ack[]): readonly Ack[] {
  const byMessage = new Map<string, Ack>();
  for (const ack of acks) {
    const key = `${ack.messageId} ${ack.userId}`;
    if (byMessage.get(key)?.status !== 'read') byMessage.set(key, ack);
  }
  return [...byMessage.values()];
}
