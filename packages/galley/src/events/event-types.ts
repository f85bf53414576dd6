/** Every type of event in `events.outbox`; the worker's handlers are chosen by it. */
const eventTypes = [
  'user.registered',
  'order.placed',
  'order.status_changed',
  'delivery.assigned',
  'payment.captured',
  'payment.refunded',
  'message.sent',
] as const;

export type EventType = (typeof eventTypes)[number];
