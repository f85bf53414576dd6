import { Router } from 'express';
import { z } from 'zod';
import type { Dependencies } from '../dependencies.ts';
import { channels, isAbout } from '../receivers/message.ts';
import { alertStatuses } from './entry.ts';
import { readHeartbeat } from './heartbeat.ts';
import { validate } from './validation.ts';

const name = z.string({ message: 'Expected one name.' }).optional();
const status = z.enum(alertStatuses, { message: `Expected \`${alertStatuses.join('` or `')}\`.` });
const channel = z.enum(channels, { message: `Expected one of \`${channels.join('`, `')}\`.` });
const alertFilter = z.object({ status: status.optional(), alertname: name });
const messageFilter = z.object({ channel: channel.optional(), alertname: name, job: name });

/** `/alerts` and `/messages` of the API, for tests, drills and `npm run alert`. */
export function listRoutes({ inbox, configuration, now }: Dependencies): Router {
  const router = Router();
  router.get('/alerts', (request, response) => {
    const alerts = inbox.list(validate(alertFilter, request.query, 'query'));
    const heartbeat = readHeartbeat(inbox, configuration.heartbeatTimeoutSeconds, now());
    response.set('cache-control', 'no-store').json({ alerts, heartbeat });
  });
  router.get('/messages', (request, response) => {
    const { job, channel, alertname } = validate(messageFilter, request.query, 'query');
    const messages = inbox
      .messages()
      .filter(
        (message) =>
          (job === undefined || isAbout(message, job)) &&
          (channel === undefined || message.channel === channel) &&
          (alertname === undefined || message.alertname === alertname),
      );
    response.set('cache-control', 'no-store').json({ messages });
  });
  return router;
}
