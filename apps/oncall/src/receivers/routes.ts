import type { Telemetry } from '@watchkeeper/telemetry';
import { Router } from 'express';
import { z } from 'zod';
import type { Inbox } from '../inbox/store.ts';
import { validate } from '../inbox/validation.ts';
import { channels } from './message.ts';
import { pagerdutyRoutes } from './pagerduty.ts';
import { createReceiver } from './receiver.ts';
import { slackRoutes } from './slack.ts';

interface ReceiverDependencies {
  readonly telemetry: Telemetry;
  readonly inbox: Inbox;
}

/** The endpoints of chat and pager; mail has its own port. */
export function receiverRoutes({ telemetry, inbox }: ReceiverDependencies): Router {
  const router = Router();
  router.use('/slack', slackRoutes(createReceiver(telemetry, inbox, 'slack')));
  router.use('/pagerduty', pagerdutyRoutes(createReceiver(telemetry, inbox, 'pager')));
  return router;
}

const listQuery = z.object({
  channel: z
    .enum(channels, { message: `Expected one of \`${channels.join('`, `')}\`.` })
    .optional(),
  alertname: z.string({ message: 'Expected one name.' }).optional(),
  job: z.string({ message: 'Expected one name.' }).optional(),
});

/** `/api/v1/messages`, for tests, drills and `npm run alert`. */
export function messageRoutes({ inbox }: Pick<ReceiverDependencies, 'inbox'>): Router {
  const router = Router();
  router.get('/', (request, response) => {
    const { channel, alertname, job } = validate(listQuery, request.query, 'query');
    const messages = inbox
      .messages()
      .filter((message) => channel === undefined || message.channel === channel)
      .filter((message) => alertname === undefined || message.alertname === alertname)
      .filter((message) => job === undefined || message.job === job);
    response.set('cache-control', 'no-store').json({ messages });
  });
  return router;
}
