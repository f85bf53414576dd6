import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Telemetry } from '@watchkeeper/telemetry';
import type { z } from 'zod';
import { realtimeMetrics } from '../catalogue.ts';
import { orderEvent } from '../orders/tracking.ts';
import { type FanoutEvent, fanoutChannel, fanoutEnvelope } from './fanout.ts';

type Work = () => Promise<void> | void;

/** Who knows what is to be done about what was heard; nothing to do is no work. */
export interface NotificationHandlers {
  readonly onOrder: (event: z.output<typeof orderEvent>) => Work | undefined;
  /** @param isOwn whether this instance sent it, and has delivered to its own connections already */
  readonly onFanout: (event: FanoutEvent, isOwn: boolean) => Work | undefined;
}

const orderChannel = 'order_events';

/** The channels to listen on. */
export const channels = [orderChannel, fanoutChannel] as const;

type Channel = (typeof channels)[number];

/** Makes the function that takes notifications: checked, counted, the work in its sender's trace. */
export function createDispatch(
  telemetry: Telemetry,
  { onOrder, onFanout }: NotificationHandlers,
  instanceId: string,
): (channel: string, payload: string) => void {
  const { logger, declareMetrics } = telemetry;
  const notifications = declareMetrics(realtimeMetrics).counter('galley_notifications_total');

  async function run(channel: Channel, work: Work, traceparent?: string): Promise<void> {
    try {
      await inSpan(channel, work, traceparent);
      notifications.increment({ channel, result: 'success' });
    } catch (error) {
      notifications.increment({ channel, result: 'error' });
      logger.error({ event: 'notification_failed', channel, err: error }, 'notification failed');
    }
  }

  function take(channel: Channel, work: Work | undefined, traceparent?: string): void {
    if (work !== undefined) void run(channel, work, traceparent);
    else notifications.increment({ channel, result: 'success' });
  }

  function refuse(channel: Channel): void {
    notifications.increment({ channel, result: 'invalid' });
    logger.warn({ event: 'notification_invalid', channel }, 'notification ignored');
  }

  return (channel, payload) => {
    const value = parse(payload);
    if (channel === orderChannel) {
      const order = orderEvent.safeParse(value);
      return order.success ? take(channel, onOrder(order.data)) : refuse(channel);
    }
    const envelope = fanoutEnvelope.safeParse(value);
    if (!envelope.success) return refuse(fanoutChannel);
    const { from, traceparent, event } = envelope.data;
    return take(fanoutChannel, onFanout(event, from === instanceId), traceparent);
  };
}

async function inSpan(channel: Channel, work: Work, traceparent?: string): Promise<void> {
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
  const attributes = {
    'messaging.system': 'postgresql',
    'messaging.operation.type': 'process',
    'messaging.destination.name': channel,
  };
  const span = trace
    .getTracer('@watchkeeper/realtime')
    .startSpan(`process ${channel}`, { kind: SpanKind.CONSUMER, attributes }, parent);
  try {
    await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    // Refused by the schema, which takes no `undefined`.
    return undefined;
  }
}
