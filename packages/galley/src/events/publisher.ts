import {
  type EventContext,
  instrumentPublisher,
  type PublishableEvent,
  type Telemetry,
} from '@watchkeeper/telemetry';
import type { ClientBase } from 'pg';
import { execute } from '../database/query.ts';

/** Every type of event in `events.outbox`; the worker's handlers are chosen by it. */
export type EventType =
  | 'user.registered'
  | 'order.placed'
  | 'order.status_changed'
  | 'delivery.assigned'
  | 'payment.captured'
  | 'payment.refunded'
  | 'message.sent';

/** A new event for the outbox. */
export interface OutboxEvent extends PublishableEvent {
  readonly type: EventType;
  /** Id of the user, order, payment or message. */
  readonly aggregateId: string;
  /** Ids and the fields that handlers need, so that none has to query the publisher. */
  readonly payload: object;
  readonly context?: EventContext;
}

/** Inserts an event through the client of a transaction: it exists if and only if that commits. */
export type PublishEvent = (client: ClientBase, event: OutboxEvent) => Promise<void>;

/** Creates the publisher of a service; the table `events.outbox` is the api's. */
export function createPublisher(telemetry: Telemetry): PublishEvent {
  const publish = instrumentPublisher(insert, telemetry);
  return (client, event) => publish(event, client);
}

async function insert(event: OutboxEvent, client: ClientBase): Promise<void> {
  const { type, aggregateId, payload, context = {} } = event;
  await execute(client)`
    INSERT INTO events.outbox (event_type, aggregate_id, payload, trace_context)
    VALUES (${type}, ${aggregateId}, ${payload}, ${context})`;
}
