import { context, ROOT_CONTEXT, type Context as TraceContext } from '@opentelemetry/api';
import type { Connection } from '../connections/connection.ts';
import type { Context } from '../context.ts';
import { createBatcher } from '../notifications/batcher.ts';
import type { Receipt } from '../notifications/fanout.ts';
import { type ChatStore, pageSize, type StoredMessage } from './store.ts';

interface Arrival {
  readonly messageId: string;
  /** The trace that its delivery belongs to; a batch serves many. */
  readonly origin: TraceContext;
}

type Announcement = Pick<StoredMessage, 'messageId' | 'senderId' | 'recipientId'>;

// Beyond it a message is dropped here, and sent when its recipient reconnects.
const maxArrivals = 5_000;

export type Delivery = ReturnType<typeof createDelivery>;

/** Creates the delivery of messages and receipts to the devices connected to this instance. */
export function createDelivery({ telemetry, hub, channel }: Context, store: ChatStore) {
  const encode = ({ messageId, orderId, senderId, text, sentAt }: StoredMessage) =>
    channel.encode('chat.message', { messageId, orderId, senderId, text, sentAt });

  /** To the recipient, and to the sender's other devices. */
  function message(stored: StoredMessage, from?: Connection): void {
    const { senderId, recipientId } = stored;
    if (!hub.has(recipientId) && !hub.has(senderId)) return;
    const encoded = encode(stored);
    hub.send(recipientId, encoded);
    hub.send(senderId, encoded, from);
  }

  const arrivals = createBatcher<Arrival>(telemetry, {
    name: 'arrivals',
    type: 'other',
    limit: maxArrivals,
    run: async (batch) => {
      const origins = new Map(batch.map(({ messageId, origin }) => [messageId, origin]));
      for (const stored of await store.findAll([...origins.keys()])) {
        context.with(origins.get(stored.messageId) ?? ROOT_CONTEXT, () => message(stored));
      }
    },
  });

  return {
    message,
    receipts(receipts: readonly Receipt[]): void {
      for (const { senderId, ...receipt } of receipts) {
        if (hub.has(senderId)) hub.send(senderId, channel.encode('chat.receipt', receipt));
      }
    },
    /** Reads and delivers, in order, a message that another instance stored. */
    fetch({ messageId, senderId, recipientId }: Announcement): void {
      if (hub.has(senderId) || hub.has(recipientId)) {
        arrivals.push({ messageId, origin: context.active() });
      }
    },
    /** Sends a new client its user's undelivered messages. */
    async catchUp(connection: Connection): Promise<void> {
      let after: string | undefined;
      while (connection.isOpen) {
        const page = await store.undeliveredTo(connection.caller.userId, after);
        for (const stored of page) connection.send(encode(stored));
        if (page.length < pageSize) return;
        after = page.at(-1)?.messageId;
        await connection.outbound.flushed();
      }
    },
    /** Sends every user the messages they may have missed; resolves to the number of messages. */
    async resync(): Promise<number> {
      const messages = await store.recentlyUndelivered(hub.users());
      for (const stored of messages) hub.send(stored.recipientId, encode(stored));
      return messages.length;
    },
  };
}
