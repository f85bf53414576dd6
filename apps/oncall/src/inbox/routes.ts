import { HttpError, type Logger, type Telemetry } from '@watchkeeper/telemetry';
import express, { type Request, type RequestHandler, Router } from 'express';
import { oncallMetrics } from '../catalogue.ts';
import type { Dependencies } from '../dependencies.ts';
import { alertStatuses } from './entry.ts';
import { type WebhookNotification, webhookNotification } from './notification.ts';
import type { Inbox } from './store.ts';
import { failTemporarily, validate } from './validation.ts';

// A thousand alerts with long annotations; Alertmanager would not retry a larger one.
const maxNotification = '10mb';

/** `/webhooks/alertmanager` and `/webhooks/heartbeat`, Alertmanager's receivers. */
export function webhookRoutes({ telemetry, inbox, senders }: Dependencies): Router {
  const json = express.json({ limit: maxNotification });
  const router = Router();
  router.use(senders.requireToken);
  router.post('/alertmanager', json, receive(telemetry, inbox));
  router.post('/heartbeat', json, receiveBeat(telemetry, inbox));
  return router;
}

function receive({ logger, declareMetrics }: Telemetry, inbox: Inbox): RequestHandler {
  const metrics = declareMetrics(oncallMetrics);
  const notifications = metrics.counter('inbox_notifications_total');
  const heartbeats = metrics.counter('inbox_heartbeats_total');
  const drops = metrics.counter('inbox_alerts_dropped_total');

  return async (request, response) => {
    const notification = readNotification(request, logger);
    const { dropped, ...counts } = await inbox.receive(notification).catch(failTemporarily);
    for (const status of alertStatuses) notifications.add(counts[status], { status });
    heartbeats.add(counts.heartbeats);
    for (const { labels, status, startsAt } of dropped) {
      drops.increment({ status });
      const fields = { alertname: labels.alertname, status, starts_at: startsAt };
      logger.warn({ event: 'inbox_alert_dropped', ...fields }, 'alert dropped');
    }
    const { receiver, groupKey, truncatedAlerts } = notification;
    const fields = { receiver, group_key: groupKey, ...counts, truncated_alerts: truncatedAlerts };
    logger.info({ event: 'alert_notification_received', ...fields }, 'notification received');
    response.json({ stored: counts });
  };
}

/** Any firing alert is a heartbeat here: the receiver has no other purpose. */
function receiveBeat({ logger, declareMetrics }: Telemetry, inbox: Inbox): RequestHandler {
  const heartbeats = declareMetrics(oncallMetrics).counter('inbox_heartbeats_total');
  return async (request, response) => {
    const { alerts } = readNotification(request, logger);
    const beats = alerts.filter(({ status }) => status === 'firing').length;
    if (beats > 0) await inbox.beat().catch(failTemporarily);
    heartbeats.add(beats);
    response.json({ stored: { heartbeats: beats } });
  };
}

function readNotification(request: Request, logger: Logger): WebhookNotification {
  if (request.is('application/json') === false) {
    throw new HttpError(415, 'Expected `content-type: application/json`.', {
      code: 'media_type_unsupported',
    });
  }
  return validate(webhookNotification, request.body, 'body', {
    statusCode: 422,
    onInvalid(problems) {
      logger.warn({ event: 'alert_notification_refused', problems }, 'notification refused');
    },
  });
}
