import { SpanKind } from '@opentelemetry/api';
import { runInSpan } from '../operations/span.ts';
import type { Telemetry } from '../telemetry.ts';
import { currentEventContext, type EventContext } from './event-context.ts';

export interface PublishableEvent {
  /** Becomes a label and a part of the span's name, so it comes from a closed set. */
  readonly type: string;
  /** Filled in by the wrapper; store it with the event. */
  readonly context?: EventContext;
}

/**
 * Meters the function that stores events, in the caller's transaction: the event gets the context of
 * its span, and is counted once it is stored, even if the transaction is rolled back later.
 * @returns a function of the same type
 */
export function instrumentPublisher<E extends PublishableEvent, A extends unknown[], R>(
  publish: (event: E, ...rest: A) => Promise<R>,
  { metrics }: Telemetry,
): (event: E, ...rest: A) => Promise<R> {
  const published = metrics.counter('events_published_total');
  return (event, ...rest) => {
    const attributes = {
      'messaging.system': 'outbox',
      'messaging.operation.type': 'send',
      'messaging.destination.name': event.type,
    };
    const own = { name: `publish ${event.type}`, kind: SpanKind.PRODUCER, attributes };
    return runInSpan(own, async () => {
      const result = await publish({ ...event, context: currentEventContext() }, ...rest);
      published.increment({ event_type: event.type });
      return result;
    });
  };
}
