/** What customers' systems may be told of. */
export const webhookEventTypes = [
  'order.placed',
  'order.status_changed',
  'delivery.assigned',
  'payment.captured',
  'payment.refunded',
] as const;

/** One of them. */
export type WebhookEventType = (typeof webhookEventTypes)[number];
