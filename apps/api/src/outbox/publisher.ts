import {
  type EventContext,
  instrumentPublisher,
  type PublishableEvent,
  type Telemetry,
} from '@watchkeeper/telemetry';
import type { ClientBase } from 'pg';

/** What the outbox may hold; the worker's handlers go by these names. */
export type EventType =
  | 'user.registered'
  | 'order.placed'
  | 'order.status_changed'
  | 'payment.captured'
  | 'payment.refunded'
  | 'delivery.assigned';

/** An event as a module tells it. */
export interface OutboxEvent extends PublishableEvent {
  readonly type: EventType;
  /** Of the user, order or payment that it is about. */
  readonly aggregateId: string;
  /** Ids and whatever a handler needs, so that none has to ask the api. */
  readonly payload: object;
  readonly context?: EventContext;
}

/** Writes an event through the client of a transaction: it exists if and only if that commits. */
export type PublishEvent = (client: ClientBase, event: OutboxEvent) => Promise<void>;

/** Makes the function by which every module publishes. */
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
