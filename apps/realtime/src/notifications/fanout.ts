import { context, propagation } from '@opentelemetry/api';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';

/** The channel on which the instances tell each other. */
export const fanoutChannel = 'realtime_fanout';

const messageEvent = z.object({
  kind: z.literal('message'),
  messageId: z.uuid(),
  senderId: z.uuid(),
  recipientId: z.uuid(),
});
const receiptsEvent = z.object({
  kind: z.literal('receipts'),
  receipts: z
    .array(
      z.object({
        messageId: z.uuid(),
        clientMessageId: z.string(),
        senderId: z.uuid(),
        status: z.enum(['delivered', 'read']),
      }),
    )
    .readonly(),
});
const typingEvent = z.object({
  kind: z.literal('typing'),
  to: z.uuid(),
  orderId: z.uuid(),
  userId: z.uuid(),
  isTyping: z.boolean(),
});
const presenceEvent = z.object({
  kind: z.literal('presence'),
  userIds: z.array(z.uuid()).readonly(),
});

/** What one instance tells the others: ids, as far as that will do, since the room is small. */
export const fanoutEvent = z.discriminatedUnion('kind', [
  messageEvent,
  receiptsEvent,
  typingEvent,
  presenceEvent,
]);

/** One of these. */
export type FanoutEvent = z.output<typeof fanoutEvent>;

/** An event as it is on the wire. */
export const fanoutEnvelope = z.object({
  /** The instance that sent it; it has delivered to its own connections already. */
  from: z.uuid(),
  traceparent: z.string().optional(),
  event: fanoutEvent,
});

/** Tells all instances, this one included. */
export interface Fanout {
  readonly instanceId: string;
  /**
   * @param client of the transaction that the event belongs to; absent means at once
   * @throws RangeError when the event is too large for a notification
   */
  publish(event: FanoutEvent, client?: PoolClient): Promise<void>;
}

// Source: https://www.postgresql.org/docs/18/sql-notify.html, under 8000 bytes.
const maxPayloadBytes = 7_999;

/** Makes the fan-out over PostgreSQL. */
export function createFanout(pool: Pool, instanceId: string): Fanout {
  return {
    instanceId,
    async publish(event, client) {
      const payload = JSON.stringify({ from: instanceId, ...currentTrace(), event });
      const size = Buffer.byteLength(payload);
      if (size > maxPayloadBytes) {
        throw new RangeError(`Expected at most ${maxPayloadBytes} bytes, got ${size}.`);
      }
      await (client ?? pool).query('SELECT pg_notify($1, $2)', [fanoutChannel, payload]);
    },
  };
}

function currentTrace(): { traceparent?: string } {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  // Not what else the propagator may carry: a notification is read by whoever listens.
  return carrier.traceparent === undefined ? {} : { traceparent: carrier.traceparent };
}

/** The items in parts that fit into one notification each. */
export function inParts<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += size) {
    parts.push(items.slice(start, start + size));
  }
  return parts;
}
