import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import { Router } from 'express';
import { z } from 'zod';
import type { Inbox } from '../inbox/store.ts';
import { describeIssues, fieldList } from '../inbox/validation.ts';
import { channels } from './message.ts';
import { pagerdutyRoutes } from './pagerduty.ts';
import { createReceiver } from './receiver.ts';
import { slackRoutes } from './slack.ts';

/** What the receivers need. */
export interface ReceiverDependencies {
  readonly telemetry: Telemetry;
  readonly inbox: Inbox;
}

/** Chat and pager as Alertmanager speaks to them; mail has a port of its own. */
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

/** `/api/v1/messages`: what came by chat, pager and mail, for tests, drills and `npm run alert`. */
export function messageRoutes({ inbox }: Pick<ReceiverDependencies, 'inbox'>): Router {
  const router = Router();
  router.get('/', (request, response) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success) {
      const problems = describeIssues(query.error.issues, 'query');
      throw new HttpError(400, `Expected valid values for ${fieldList(problems)}.`, {
        code: 'validation_failed',
        validationErrors: problems,
      });
    }
    const { channel, alertname, job } = query.data;
    const messages = inbox
      .messages()
      .filter((message) => channel === undefined || message.channel === channel)
      .filter((message) => alertname === undefined || message.alertname === alertname)
      .filter((message) => job === undefined || message.job === job);
    response.set('cache-control', 'no-store').json({ messages });
  });
  return router;
}
