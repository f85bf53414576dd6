import {
  type EventContext,
  instrumentPublisher,
  type PublishableEvent,
  type Telemetry,
} from '@watchkeeper/telemetry';
import type { ClientBase } from 'pg';

/** The worker's handlers subscribe by these names. */
export type EventType =
  | 'user.registered'
  | 'order.placed'
  | 'order.status_changed'
  | 'payment.captured'
  | 'payment.refunded'
  | 'delivery.assigned';

export interface OutboxEvent extends PublishableEvent {
  readonly type: EventType;
  /** The id of the user, order or payment. */
  readonly aggregateId: string;
  /** All that handlers need, so that none has to call the api. */
  readonly payload: object;
  readonly context?: EventContext;
}

/** Inserts an event in the client's transaction: it exists if and only if that commits. */
export type PublishEvent = (client: ClientBase, event: OutboxEvent) => Promise<void>;

export function createPublisher(telemetry: Telemetry): PublishEvent {
  const publish = instrumentPublisher(insert, telemetry);
  return (client, event) => publish(event, client);
}

async function insert(event: OutboxEvent, client: ClientBase): Promise<void> {
  const { type, aggregateId, payload, context = {} } = event;
  await client.query(
    `INSERT INTO events.outbox (event_type, aggregate_id, payload, trace_context)
     VALUES ($1, $2, $3, $4)`,
    [type, aggregateId, payload, context],
  );
}
