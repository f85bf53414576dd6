import type { HandledEvent } from '@watchkeeper/telemetry';
import type { ClientBase } from 'pg';
import type { z } from 'zod';

/** What handlers are called: labels, rows and faults know them by these names. */
export const handlerNames = ['analytics', 'notifications', 'webhooks'] as const;

/** One of the names. */
export type HandlerName = (typeof handlerNames)[number];

/** An event as handlers see it. */
export interface OutboxEvent extends HandledEvent {
  /** The same however often the event comes. */
  readonly id: string;
  /** Of the user, order or payment that it is about. */
  readonly aggregateId: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}

/** Something that is to happen because of an event. */
export interface Handler {
  readonly name: HandlerName;
  isFor(eventType: string): boolean;
  /**
   * Does it, through the client of a transaction and in no other way, so that it has happened if and
   * only if the event is written down as handled.
   */
  handle(event: OutboxEvent, client: ClientBase): Promise<void>;
}

/** An event that will not get better by trying again. */
export class UnusableEventError extends Error {
  override readonly name = 'UnusableEventError';
}

/**
 * What an event says.
 * @throws UnusableEventError when it is not what the handler needs
 */
export function readPayload<S extends z.ZodType>(schema: S, event: OutboxEvent): z.output<S> {
  const result = schema.safeParse(event.payload);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => `\`payload.${path.join('.')}\``).join(', ');
  throw new UnusableEventError(`Expected valid values for ${fields}.`);
}
