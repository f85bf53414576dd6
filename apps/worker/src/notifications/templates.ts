import { execute } from '@watchkeeper/galley';
import { currentTraceContext } from '@watchkeeper/telemetry';
import { z } from 'zod';
import {
  type ByEventType,
  findByType,
  type Handler,
  type OutboxEvent,
  readPayload,
} from '../outbox/event.ts';

/** Message templates; the values of a label. */
export const templates = [
  'welcome',
  'order_confirmed',
  'order_delivering',
  'order_delivered',
  'order_cancelled',
  'courier_assigned',
  'payment_refunded',
  'message_received',
] as const;

export type Template = (typeof templates)[number];

interface Notice {
  readonly userId: string;
  readonly template: Template;
  readonly text: string;
}

const order = z.object({ orderId: z.uuid(), customerId: z.uuid() });
const changedOrder = order.extend({ status: z.string() });
const refund = order.extend({ amountCents: z.number().int() });
const registration = z.object({ userId: z.uuid() });
const message = z.object({ orderId: z.uuid(), recipientId: z.uuid() });

// Enough for a person to distinguish orders.
const shortId = (orderId: string) => orderId.slice(0, 8);

const statusTexts: Readonly<Record<string, { template: Template; text: string }>> = {
  confirmed: { template: 'order_confirmed', text: 'has been confirmed' },
  delivering: { template: 'order_delivering', text: 'is on its way' },
  delivered: { template: 'order_delivered', text: 'has been delivered. Enjoy your meal' },
  cancelled: { template: 'order_cancelled', text: 'was cancelled' },
};

/** The text message of an event; undefined if it has no message. */
const writers: ByEventType<(event: OutboxEvent) => Notice | undefined> = {
  'user.registered': (event) => {
    const { userId } = readPayload(registration, event);
    return { userId, template: 'welcome', text: 'Welcome to Galley.' };
  },
  'order.status_changed': (event) => {
    const { orderId, customerId, status } = readPayload(changedOrder, event);
    const notice = Object.hasOwn(statusTexts, status) ? statusTexts[status] : undefined;
    if (notice === undefined) return undefined;
    const text = `Galley: your order ${shortId(orderId)} ${notice.text}.`;
    return { userId: customerId, template: notice.template, text };
  },
  'delivery.assigned': (event) => {
    const { orderId, customerId } = readPayload(order, event);
    const text = `Galley: a courier will bring your order ${shortId(orderId)}.`;
    return { userId: customerId, template: 'courier_assigned', text };
  },
  'payment.refunded': (event) => {
    const { orderId, customerId, amountCents } = readPayload(refund, event);
    const amount = `EUR ${(amountCents / 100).toFixed(2)}`;
    const text = `Galley: ${amount} of your order ${shortId(orderId)} is on its way back to you.`;
    return { userId: customerId, template: 'payment_refunded', text };
  },
  // Never the text of a chat message.
  'message.sent': (event) => {
    const { orderId, recipientId } = readPayload(message, event);
    const text = `Galley: you have a new message about order ${shortId(orderId)}.`;
    return { userId: recipientId, template: 'message_received', text };
  },
};

/** Queues the text message of an event, once per event, for users who have a phone number. */
export const notificationHandler: Handler = {
  name: 'notifications',
  isFor: (eventType) => findByType(writers, eventType) !== undefined,
  async handle(event, client) {
    const notice = findByType(writers, event.type)?.(event);
    if (notice === undefined) return;
    const { userId, template, text } = notice;
    await execute(client)`
      INSERT INTO notifications.messages (event_id, user_id, template, text, trace_context)
      SELECT ${event.id}, id, ${template}, ${text}, ${currentTraceContext()}
      FROM accounts.users WHERE id = ${userId}
      ON CONFLICT (event_id, user_id) DO NOTHING`;
  },
};
