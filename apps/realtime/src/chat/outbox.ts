import { type EventContext, instrumentPublisher, type Telemetry } from '@watchkeeper/telemetry';
import type { PoolClient } from 'pg';
import type { StoredMessage } from './store.ts';

interface MessageSent {
  readonly type: 'message.sent';
  readonly message: Pick<
    StoredMessage,
    'messageId' | 'orderId' | 'senderId' | 'recipientId' | 'sentAt'
  >;
  readonly context?: EventContext;
}

/** Has the worker notify the recipient of a message, who is not there to take it. */
export type PublishMessageSent = (
  client: PoolClient,
  message: MessageSent['message'],
) => Promise<void>;

/** Makes the publisher; the table `events.outbox` is the api's. */
export function createPublisher(telemetry: Telemetry): PublishMessageSent {
  const publish = instrumentPublisher(insert, telemetry);
  return (client, message) => publish({ type: 'message.sent', message }, client);
}

/** Ids alone: what people write to each other has no business in an event or a notification. */
async function insert(
  { type, message, context = {} }: MessageSent,
  client: PoolClient,
): Promise<void> {
  const { messageId, orderId, senderId, recipientId, sentAt } = message;
  await client.query(
    `INSERT INTO events.outbox (event_type, aggregate_id, payload, trace_context)
     VALUES ($1, $2, $3, $4)`,
    [type, messageId, { messageId, orderId, senderId, recipientId, at: sentAt }, context],
  );
}
