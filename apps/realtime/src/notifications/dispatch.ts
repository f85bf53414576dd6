import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { extractTraceContext, runInSpan, type Telemetry } from '@watchkeeper/telemetry';
import type { z } from 'zod';
import { realtimeMetrics } from '../catalogue.ts';
import { orderEvent } from '../orders/tracking.ts';
import { type FanoutEvent, fanoutChannel, fanoutEnvelope } from './fanout.ts';

type Work = () => Promise<void> | void;

/** Each returns the work that a notification causes on this instance, if any. */
interface NotificationHandlers {
  readonly onOrder: (event: z.output<typeof orderEvent>) => Work | undefined;
  /** @param isOwn whether this instance sent it, and has delivered to its own connections already */
  readonly onFanout: (event: FanoutEvent, isOwn: boolean) => Work | undefined;
}

const orderChannel = 'order_events';

/** The channels to listen on. */
export const channels = [orderChannel, fanoutChannel] as const;

type Channel = (typeof channels)[number];

/** Creates the listener's callback: it checks and counts, and works in the sender's trace. */
export function createDispatch(
  telemetry: Telemetry,
  instanceId: string,
  { onOrder, onFanout }: NotificationHandlers,
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

  function accept(channel: Channel, work: Work | undefined, traceparent?: string): void {
    if (work !== undefined) void run(channel, work, traceparent);
    else notifications.increment({ channel, result: 'success' });
  }

  function reject(channel: Channel): void {
    notifications.increment({ channel, result: 'invalid' });
    logger.warn({ event: 'notification_invalid', channel }, 'notification ignored');
  }

  return (channel, payload) => {
    const value = parse(payload);
    if (channel === orderChannel) {
      const order = orderEvent.safeParse(value);
      return order.success ? accept(channel, onOrder(order.data)) : reject(channel);
    }
    const envelope = fanoutEnvelope.safeParse(value);
    if (!envelope.success) return reject(fanoutChannel);
    const { from, traceparent, event } = envelope.data;
    return accept(fanoutChannel, onFanout(event, from === instanceId), traceparent);
  };
}

function inSpan(channel: Channel, work: Work, traceparent?: string): Promise<void> {
  const attributes = {
    'messaging.system': 'postgresql',
    'messaging.operation.type': 'process',
    'messaging.destination.name': channel,
  };
  const parent = extractTraceContext({ traceparent }, ROOT_CONTEXT);
  const span = { name: `process ${channel}`, kind: SpanKind.CONSUMER, attributes, parent };
  return runInSpan(span, async () => work());
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    // The schemas refuse it, as they take no `undefined`.
    return undefined;
  }
}
