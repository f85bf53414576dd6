import { HttpError } from '@watchkeeper/telemetry';
import { realtimeMetrics } from '../catalogue.ts';
import type { Connection } from '../connections/connection.ts';
import type { Context } from '../context.ts';
import { findOrderForParty, type TrackedOrder } from '../orders/parties.ts';
import type { ClientMessages } from '../protocol/messages.ts';
import type { Acks } from './acks.ts';
import type { Delivery } from './delivery.ts';
import { type Ack, type ChatStore, messageSentEvent, type SavedMessage } from './store.ts';

/** Creates the chat between the customer and the courier of an order. */
export function createChat(context: Context, store: ChatStore, delivery: Delivery, acks: Acks) {
  const { telemetry, channel, parties, fanout, publish } = context;
  const messages = telemetry.declareMetrics(realtimeMetrics).counter('galley_chat_messages_total');
  for (const recipient of ['online', 'offline'] as const) messages.add(0, { recipient });

  function report({ message, isRecipientOnline }: SavedMessage, startedAt: number): void {
    messages.increment({ recipient: isRecipientOnline ? 'online' : 'offline' });
    const fields = {
      message_id: message.messageId,
      order_id: message.orderId,
      is_recipient_online: isRecipientOnline,
      duration_ms: Math.round(performance.now() - startedAt),
    };
    telemetry.logger.info({ event: 'chat_send_completed', ...fields }, 'chat message stored');
  }

  return {
    async send(
      connection: Connection,
      { orderId, clientMessageId, text }: ClientMessages['chat.send'],
    ): Promise<void> {
      const startedAt = performance.now();
      const senderId = connection.caller.userId;
      const recipientId = otherParty(await findOrderForParty(parties, orderId, senderId), senderId);
      if (await parties.isBlockedBy(senderId, recipientId)) {
        throw new HttpError(403, 'The recipient has blocked you.', {
          code: 'recipient_has_blocked_you',
        });
      }
      const saved = await store.save(
        { orderId, senderId, recipientId, clientMessageId, text },
        async ({ message, isRecipientOnline }, client) => {
          if (!isRecipientOnline) await publish(client, messageSentEvent(message));
          const { messageId } = message;
          await fanout.publish({ kind: 'message', messageId, senderId, recipientId }, client);
        },
      );
      const { messageId, status } = saved.message;
      connection.send(channel.encode('chat.receipt', { messageId, clientMessageId, status }));
      if (!saved.isNew) return;
      report(saved, startedAt);
      delivery.message(saved.message, connection);
    },
    acknowledge(connection: Connection, messageIds: readonly string[], status: Ack['status']) {
      const { userId } = connection.caller;
      const hasRoom = messageIds.map((messageId) => acks.push({ messageId, userId, status }));
      if (hasRoom.includes(false)) {
        throw new HttpError(429, 'The queue of receipts is full. Send them again later.', {
          code: 'overloaded',
        });
      }
    },
  };
}

function otherParty({ customerId, courierId }: TrackedOrder, userId: string): string {
  const other = userId === customerId ? courierId : customerId;
  if (other !== undefined && other !== userId) return other;
  throw new HttpError(409, 'Expected an order with a courier. None has accepted it yet.', {
    code: 'no_courier_yet',
  });
}
