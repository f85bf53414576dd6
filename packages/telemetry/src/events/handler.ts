import { SpanKind } from '@opentelemetry/api';
import { initializeSeriesOnce } from '../metrics/initialize-series.ts';
import { elapsedMs, errorTypeName, isCancelled } from '../operations/outcome.ts';
import { runInSpan } from '../operations/span.ts';
import { sampledTraceId } from '../request-context.ts';
import type { Telemetry } from '../telemetry.ts';
import { type EventContext, eventContext, publisherLinks } from './event-context.ts';

export interface HandledEvent {
  readonly id?: number | string;
  readonly type: string;
  /** From 1. */
  readonly attempt?: number;
  /** As stored by `instrumentPublisher`. */
  readonly context?: EventContext | null;
}

/**
 * Meters a handler of events: attempts by outcome, durations, a line for each failure, which is
 * rethrown. Its span is the root of a trace, linked to the publishing span: an event may be handled
 * hours later, by several handlers. Its lines carry the ids of the request that published it.
 * @param options `name` is the label `handler`; a constant
 * @returns a function of the same type
 */
export function instrumentHandler<E extends HandledEvent, A extends unknown[], R>(
  handle: (event: E, ...rest: A) => Promise<R>,
  telemetry: Telemetry,
  { name: handler }: { readonly name: string },
): (event: E, ...rest: A) => Promise<R> {
  const { metrics, logger } = telemetry;
  const processed = metrics.counter('events_processed_total');
  const duration = metrics.histogram('event_processing_duration_seconds');
  const errors = metrics.counter('errors_total');
  const initializeType = initializeSeriesOnce((type) =>
    processed.add(0, { event_type: type, handler, result: 'error' }),
  );

  function reportFailure({ id, type, attempt }: E, durationMs: number, error: unknown): void {
    errors.increment({ error_type: errorTypeName(error), error_code: 'event_handler' });
    const fields = {
      ...{ event_id: id, event_type: type, handler, attempt },
      ...{ duration_ms: durationMs, err: error },
    };
    logger.error({ event: 'outbox_event_failed', ...fields }, 'outbox event failed');
  }

  return (event, ...rest) => {
    initializeType(event.type);
    return runInSpan(handlingSpan(event, handler), async (span) => {
      const startedAt = performance.now();
      const end = (result: 'success' | 'error' | 'cancelled'): number => {
        const durationMs = elapsedMs(startedAt);
        const labels = { event_type: event.type, handler };
        processed.increment({ ...labels, result });
        duration.observe(durationMs / 1_000, labels, sampledTraceId(span));
        return durationMs;
      };
      try {
        const result = await handle(event, ...rest);
        end('success');
        return result;
      } catch (error) {
        if (isCancelled(error)) end('cancelled');
        else reportFailure(event, end('error'), error);
        throw error;
      }
    });
  };
}

function handlingSpan({ id, type, context: stored }: HandledEvent, handler: string) {
  return {
    name: `process ${type}`,
    kind: SpanKind.CONSUMER,
    root: true,
    parent: eventContext(stored ?? {}),
    links: publisherLinks(stored ?? {}),
    attributes: {
      'messaging.system': 'outbox',
      'messaging.operation.type': 'process',
      'messaging.destination.name': type,
      'messaging.consumer.group.name': handler,
      'messaging.message.id': id === undefined ? undefined : String(id),
    },
  };
}
