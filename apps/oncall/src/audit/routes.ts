import { randomUUID } from 'node:crypto';
import { HttpError } from '@watchkeeper/telemetry';
import { sendPage } from '@watchkeeper/viewer';
import express, { type Request, Router } from 'express';
import { z } from 'zod';
import type { Dependencies } from '../dependencies.ts';
import { idOf, keyOf } from '../inbox/entry.ts';
import { failTemporarily } from '../inbox/validation.ts';
import { findAlert, type InboxView } from '../page/view.ts';
import { requiredText } from '../silences/form.ts';
import { auditPage } from './page.ts';

const form = z.object({
  author: requiredText('an author', 100),
  comment: z.string().trim().max(500, 'Expected a comment of at most 500 characters.').default(''),
});

/** `/audit`, `/api/v1/acts`, and the form that acknowledges an alert. */
export function auditRoutes(
  dependencies: Pick<Dependencies, 'inbox' | 'telemetry' | 'now' | 'formToken'>,
  viewFor: (request: Request) => InboxView,
): Router {
  const { inbox, telemetry, now, formToken } = dependencies;
  const router = Router();
  router.get('/audit', (request, response) => sendPage(response, auditPage(viewFor(request))));
  router.get('/api/v1/acts', (_, response) => {
    response.set('cache-control', 'no-store').json({ acts: inbox.acts() });
  });
  const body = express.urlencoded({ extended: false, limit: '16kb' });
  router.post('/alerts/:id/acknowledge', body, async (request, response) => {
    const entry = findAlert(viewFor(request as unknown as Request), String(request.params.id));
    const parsed = form.safeParse(request.body ?? {});
    const problem =
      request.body?.token === formToken
        ? parsed.error?.issues[0]?.message
        : 'This form had expired. Reload the page.';
    if (!parsed.success || problem !== undefined) throw new HttpError(422, problem ?? '');
    const { author: by, comment } = parsed.data;
    const subject = entry.labels.alertname ?? '';
    const done = {
      id: randomUUID(),
      kind: 'alert_acknowledged',
      at: new Date(now()).toISOString(),
    };
    const act = { ...done, by, comment, subject, reference: keyOf(entry) } as const;
    await inbox.recordAct({ ...act, kind: 'alert_acknowledged' }).catch(failTemporarily);
    const fields = { alertname: subject, author: by, comment };
    telemetry.logger.info(
      { event: 'alert_acknowledge_completed', ...fields },
      'alert acknowledged',
    );
    response.redirect(303, `/alerts/${idOf(entry)}`);
  });
  return router;
}
