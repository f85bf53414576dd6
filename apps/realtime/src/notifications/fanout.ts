import { currentTraceContext } from '@watchkeeper/telemetry';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';

/** The channel between the instances. */
export const fanoutChannel = 'realtime_fanout';

const receipt = z.object({
  messageId: z.uuid(),
  clientMessageId: z.string(),
  senderId: z.uuid(),
  status: z.enum(['delivered', 'read']),
});

/** The sender's view of an acknowledgement. */
export type Receipt = z.output<typeof receipt>;

// Ids as far as possible, because a notification has little room.
const fanoutEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message'),
    messageId: z.uuid(),
    senderId: z.uuid(),
    recipientId: z.uuid(),
  }),
  z.object({ kind: z.literal('receipts'), receipts: z.array(receipt).readonly() }),
  z.object({
    kind: z.literal('typing'),
    to: z.uuid(),
    orderId: z.uuid(),
    userId: z.uuid(),
    isTyping: z.boolean(),
  }),
  z.object({ kind: z.literal('presence'), userIds: z.array(z.uuid()).readonly() }),
]);

export type FanoutEvent = z.output<typeof fanoutEvent>;

/** The payload of a notification. */
export const fanoutEnvelope = z.object({
  /** The sending instance, which has delivered to its own connections already. */
  from: z.uuid(),
  traceparent: z.string().optional(),
  event: fanoutEvent,
});

export type Fanout = ReturnType<typeof createFanout>;

// Source: https://www.postgresql.org/docs/18/sql-notify.html, under 8000 bytes.
const maxPayloadBytes = 7_999;

/** Creates the fan-out to all instances, this one included, over PostgreSQL's notifications. */
export function createFanout(pool: Pool, instanceId: string) {
  return {
    /**
     * @param client of the transaction that the event belongs to; sent at once without it
     * @throws RangeError if the event is too large for a notification
     */
    async publish(event: FanoutEvent, client?: PoolClient): Promise<void> {
      const { traceparent } = currentTraceContext();
      const payload = JSON.stringify({ from: instanceId, traceparent, event });
      const size = Buffer.byteLength(payload);
      if (size > maxPayloadBytes) {
        throw new RangeError(`Expected at most ${maxPayloadBytes} bytes, got ${size}.`);
      }
      await (client ?? pool).query('SELECT pg_notify($1, $2)', [fanoutChannel, payload]);
    },
  };
}

/** Splits items into parts of at most `size`. */
export function chunk<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += size) {
    parts.push(items.slice(start, start + size));
  }
  return parts;
}
