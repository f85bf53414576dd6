import type { EventType } from '@watchkeeper/galley';
import type { HandledEvent } from '@watchkeeper/telemetry';
import type { ClientBase } from 'pg';
import type { z } from 'zod';
import { NonRetryableError } from '../sending/errors.ts';

/** The handlers by name, in labels, rows and faults. */
export const handlerNames = ['analytics', 'notifications', 'webhooks'] as const;

export type HandlerName = (typeof handlerNames)[number];

/** Something for each of some types of event. */
export type ByEventType<T> = Readonly<Partial<Record<EventType, T>>>;

export interface OutboxEvent extends HandledEvent {
  /** The same for every attempt. */
  readonly id: string;
  /** Of the user, order, payment or message. */
  readonly aggregateId: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}

export interface Handler {
  readonly name: HandlerName;
  isFor(eventType: string): boolean;
  /**
   * Writes the event's effect, only through this client: its transaction also records that the event
   * was handled.
   */
  handle(event: OutboxEvent, client: ClientBase): Promise<void>;
}

/** An event that no retry can make valid. */
class UnusableEventError extends NonRetryableError {
  override readonly name = 'UnusableEventError';
}

/** @throws UnusableEventError if the payload does not match the schema */
export function readPayload<S extends z.ZodType>(schema: S, event: OutboxEvent): z.output<S> {
  const result = schema.safeParse(event.payload);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => `\`payload.${path.join('.')}\``).join(', ');
  throw new UnusableEventError(`Expected valid values for ${fields}.`);
}

/** The entry of an event's type, for types that may be any text. */
export function findByType<T>(byType: ByEventType<T>, eventType: string): T | undefined {
  return Object.hasOwn(byType, eventType) ? byType[eventType as EventType] : undefined;
}
