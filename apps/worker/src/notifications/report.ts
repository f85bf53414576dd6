import { isNativeError } from 'node:util/types';
import type { Telemetry } from '@watchkeeper/telemetry';
import { workerMetrics } from '../catalogue.ts';
import { RefusedError } from '../sending/errors.ts';
import type { QueuedItem } from '../sending/queue.ts';
import type { Template } from './templates.ts';

export interface QueuedMessage extends QueuedItem {
  readonly event_id: string;
  readonly user_id: string;
  readonly template: Template;
  readonly text: string;
}

type Send = (item: QueuedMessage, signal: AbortSignal) => Promise<Response>;

/** Meters the sending of text messages; no log line contains a number or a text. */
export function createSendingReport({ declareMetrics, logger }: Telemetry) {
  const metrics = declareMetrics(workerMetrics);
  const sends = metrics.counter('notification_sends_total');
  const duration = metrics.histogram('notification_send_duration_seconds');
  const deadLettered = metrics.counter('notifications_dead_lettered_total');

  function describe({ id, event_id, user_id, template, attempts }: QueuedMessage) {
    return { notification_id: id, event_id, user_id, template, channel: 'sms', attempt: attempts };
  }

  return {
    meter(send: Send): Send {
      return async (item, signal) => {
        const startedAt = performance.now();
        const end = (result: 'success' | 'error' | 'timeout'): number => {
          const durationMs = Math.round(performance.now() - startedAt);
          sends.increment({ template: item.template, result });
          duration.observe(durationMs / 1_000, {});
          return durationMs;
        };
        try {
          const response = await send(item, signal);
          end('success');
          return response;
        } catch (error) {
          const isTimeout = isNativeError(error) && error.name === 'TimeoutError';
          const durationMs = end(isTimeout ? 'timeout' : 'error');
          const status = error instanceof RefusedError ? { status_code: error.statusCode } : {};
          const fields = { ...describe(item), ...status, duration_ms: durationMs, err: error };
          logger.error({ event: 'notification_send_failed', ...fields }, 'notification not sent');
          throw error;
        }
      };
    },
    onDead(item: QueuedMessage): void {
      deadLettered.increment({ template: item.template });
      logger.error({ event: 'notification_dead', ...describe(item) }, 'notification dead-lettered');
    },
  };
}
