import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { Connection } from '../connections/connection.ts';
import type { Hub } from '../connections/hub.ts';
import { createBatcher } from '../notifications/batcher.ts';
import type { Channel } from '../protocol/channel.ts';
import { type ChatStore, pageSize, type Receipt, type StoredMessage } from './store.ts';

/** Brings messages and receipts to the devices that are connected here. */
export interface Delivery {
  /** To the recipient, and to the sender's other devices. */
  message(message: StoredMessage, from?: Connection): void;
  receipts(receipts: readonly Receipt[]): void;
  /** A message that another instance stored: it is read first, in its order among the others. */
  fetch(announced: Pick<StoredMessage, 'messageId' | 'senderId' | 'recipientId'>): void;
  /** Sends a client that has just come what its user has not got yet. */
  catchUp(connection: Connection): Promise<void>;
  /** Sends everybody again what may have been missed; resolves to the number of messages. */
  resync(): Promise<number>;
}

interface Arrival {
  readonly messageId: string;
  /** The trace that it goes on in: a batch is read for many. */
  readonly origin: Context;
}

// What waits to be read; past it a message is dropped here, and sent when its recipient comes back.
const maxToFetch = 5_000;

/** Makes the delivery. */
export function createDelivery(
  telemetry: Telemetry,
  { hub, channel, store }: { hub: Hub; channel: Channel; store: ChatStore },
): Delivery {
  function encode({ messageId, orderId, senderId, text, sentAt }: StoredMessage) {
    return channel.encode('chat.message', { messageId, orderId, senderId, text, sentAt });
  }

  function deliver(message: StoredMessage, from?: Connection): void {
    const { senderId, recipientId } = message;
    if (!hub.has(recipientId) && !hub.has(senderId)) return;
    const encoded = encode(message);
    hub.send(recipientId, encoded);
    hub.send(senderId, encoded, from);
  }

  const arrivals = createBatcher<Arrival>(telemetry, {
    name: 'arrivals',
    type: 'other',
    limit: maxToFetch,
    run: async (batch) => {
      const origins = new Map(batch.map(({ messageId, origin }) => [messageId, origin]));
      for (const message of await store.findAll([...origins.keys()])) {
        context.with(origins.get(message.messageId) ?? ROOT_CONTEXT, () => deliver(message));
      }
    },
  });

  return {
    message: deliver,
    receipts(receipts) {
      for (const { senderId, ...receipt } of receipts) {
        if (hub.has(senderId)) hub.send(senderId, channel.encode('chat.receipt', receipt));
      }
    },
    fetch({ messageId, senderId, recipientId }) {
      if (hub.has(senderId) || hub.has(recipientId)) {
        arrivals.push({ messageId, origin: context.active() });
      }
    },
    async catchUp(connection) {
      let after: string | undefined;
      while (connection.isOpen) {
        const page = await store.undeliveredTo(connection.caller.userId, after);
        for (const message of page) connection.send(encode(message));
        if (page.length < pageSize) return;
        after = page.at(-1)?.messageId;
        await connection.outbound.flushed();
      }
    },
    async resync() {
      const messages = await store.recentlyUndelivered(hub.users());
      for (const message of messages) hub.send(message.recipientId, encode(message));
      return messages.length;
    },
  };
}
