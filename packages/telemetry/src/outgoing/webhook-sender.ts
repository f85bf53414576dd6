import { type Span, SpanKind } from '@opentelemetry/api';
import { initializeSeriesOnce } from '../metrics/initialize-series.ts';
import { elapsedMs, isCancelled, isTimeout } from '../operations/outcome.ts';
import { failSpan, runInSpan } from '../operations/span.ts';
import { sampledTraceId } from '../request-context.ts';
import type { Telemetry } from '../telemetry.ts';

export interface WebhookDelivery {
  readonly id?: number | string;
  readonly eventType: string;
  /** From 1. */
  readonly attempt?: number;
}

interface Failure {
  readonly result: 'error' | 'timeout' | 'cancelled';
  readonly error: unknown;
  readonly statusCode?: number;
}

/**
 * Meters the function that delivers webhooks: attempts by outcome, durations, and a line for each
 * failure. Errors are rethrown; an answer with `ok: false`, such as a `Response` of 4xx or
 * 5xx, counts as a failure and is returned. The receiver's address is in no line: it may be secret.
 * @returns a function of the same type
 */
export function instrumentWebhookSender<D extends WebhookDelivery, A extends unknown[], R>(
  send: (delivery: D, ...rest: A) => Promise<R>,
  telemetry: Telemetry,
): (delivery: D, ...rest: A) => Promise<R> {
  const { metrics, logger } = telemetry;
  const deliveries = metrics.counter('webhook_deliveries_total');
  const duration = metrics.histogram('webhook_delivery_duration_seconds');
  const initializeType = initializeSeriesOnce((type) => {
    for (const result of ['error', 'timeout'] as const) {
      deliveries.add(0, { event_type: type, result });
    }
  });

  function end(delivery: D, span: Span, startedAt: number, failure?: Failure): void {
    const { id, eventType, attempt } = delivery;
    const durationMs = elapsedMs(startedAt);
    const result = failure?.result ?? 'success';
    deliveries.increment({ event_type: eventType, result });
    duration.observe(durationMs / 1_000, {}, sampledTraceId(span));
    if (failure === undefined || result === 'cancelled') return;
    const { statusCode, error } = failure;
    const fields = {
      ...{ delivery_id: id, event_type: eventType, attempt, result },
      ...{ status_code: statusCode, duration_ms: durationMs, err: error },
    };
    logger.warn({ event: 'webhook_delivery_failed', ...fields }, 'webhook delivery failed');
  }

  return (delivery, ...rest) => {
    initializeType(delivery.eventType);
    return runInSpan({ name: 'deliver webhook', kind: SpanKind.CLIENT }, async (span) => {
      const startedAt = performance.now();
      span.setAttribute('webhook.event_type', delivery.eventType);
      try {
        const answer = await send(delivery, ...rest);
        const failure = failureOf(answer);
        if (failure !== undefined) failSpan(span, failure.error);
        end(delivery, span, startedAt, failure);
        return answer;
      } catch (error) {
        end(delivery, span, startedAt, { result: resultOf(error), error });
        throw error;
      }
    });
  };
}

function resultOf(error: unknown): Failure['result'] {
  if (isTimeout(error)) return 'timeout';
  return isCancelled(error) ? 'cancelled' : 'error';
}

function failureOf(answer: unknown): Failure | undefined {
  if (typeof answer !== 'object' || answer === null || !('ok' in answer) || answer.ok !== false) {
    return undefined;
  }
  const status = 'status' in answer && typeof answer.status === 'number' ? answer.status : 0;
  const error = new Error(`The receiver answered ${status}.`);
  error.name = 'WebhookRefused';
  return { result: 'error', error, statusCode: status };
}
