import { sendPage } from '@watchkeeper/viewer';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Dependencies } from '../dependencies.ts';
import type { AlertEntry } from '../inbox/entry.ts';
import { findAlert, type InboxView } from '../page/view.ts';
import { createSilenceClient, type SilenceClient, SilenceError } from './alertmanager.ts';
import { chosenLabels, durations, expireForm, silenceForm } from './form.ts';
import { silencePage } from './page.ts';

type SilenceDependencies = Pick<
  Dependencies,
  'configuration' | 'telemetry' | 'inbox' | 'silences' | 'formToken' | 'now'
> & {
  readonly viewFor: (request: Request) => InboxView;
};

interface Context extends SilenceDependencies {
  readonly client: SilenceClient;
}

/** Acts on a submitted form, or returns why it is invalid; may throw SilenceError. */
type Act = (request: Request, alert: AlertEntry) => Promise<readonly string[]>;

const millisecondsPerHour = 3_600_000;
const expiredForm = ['This form had expired. Send it again.'];

/** `/alerts/:id/silence`: a form that creates a silence, and one that expires it. */
export function silenceRoutes(dependencies: SilenceDependencies): Router {
  const router = Router();
  const { alertmanagerQueryUrl } = dependencies.configuration;
  // Without Alertmanager's API no silence can be created.
  if (alertmanagerQueryUrl === undefined) return router;
  const client = createSilenceClient(alertmanagerQueryUrl);
  const context: Context = { ...dependencies, client };
  const body = express.urlencoded({ extended: false, limit: '16kb' });
  const path = '/alerts/:id/silence';
  router.get(path, (request, response) => send(context, request, response, []));
  router.post(path, body, submit(context, create(context)));
  router.post(`${path}/:silence/expire`, body, submit(context, expire(context)));
  return router;
}

function create({ client, formToken, telemetry, silences }: Context): Act {
  return async (request, { labels }) => {
    const form = silenceForm.safeParse(request.body ?? {});
    if (!form.success) return form.error.issues.map(({ message }) => message);
    if (form.data.token !== formToken) return expiredForm;
    const { duration, author: createdBy, comment, label } = form.data;
    const startsAt = Date.now();
    const endsAt = startsAt + durations[duration] * millisecondsPerHour;
    const chosen = chosenLabels(labels, label);
    const id = await client.create({ labels: chosen, startsAt, endsAt, createdBy, comment });
    const written = { author: createdBy, comment, hours: durations[duration] };
    const fields = { alertname: labels.alertname, silence_id: id, ...written };
    telemetry.logger.info({ event: 'inbox_silence_created', ...fields }, 'silence created');
    // Into the audit trail.
    await silences.poll();
    return [];
  };
}

function expire({ client, formToken, telemetry, inbox, now }: Context): Act {
  return async (request, { labels }) => {
    const silence = String(request.params.silence);
    const form = expireForm.safeParse(request.body ?? {});
    if (!form.success) return form.error.issues.map(({ message }) => message);
    const { token, author } = form.data;
    if (token !== formToken) return expiredForm;
    // Only silences of this alert.
    const found = (await client.list(labels)).find(({ id }) => id === silence);
    if (found === undefined) throw new SilenceError('This silence has already expired.');
    await client.expire(silence);
    const done = { id: `silence_expired ${silence}`, kind: 'silence_expired' } as const;
    const at = new Date(now()).toISOString();
    const { comment } = found;
    const subject = labels.alertname ?? '';
    await inbox.recordAct({ ...done, at, by: author, reference: silence, subject, comment });
    const fields = { alertname: labels.alertname, silence_id: silence, author };
    telemetry.logger.info({ event: 'inbox_silence_ended', ...fields }, 'silence ended');
    return [];
  };
}

/** Acts and redirects to the page, or shows why it failed. */
function submit(context: Context, act: Act): RequestHandler {
  return async (request, response) => {
    const { id } = request.params;
    try {
      const alert = findAlert(context.viewFor(request), String(id));
      const problems = await act(request, alert);
      if (problems.length > 0) return send(context, request, response, problems);
    } catch (error) {
      if (!(error instanceof SilenceError)) throw error;
      return send(context, request, response, [error.message], 502);
    }
    // A reload of the page must not repeat it.
    response.redirect(303, `/alerts/${id}/silence`);
  };
}

async function send(
  { viewFor, client, formToken: token }: Context,
  request: Request,
  response: Response,
  problems: readonly string[],
  status = problems.length > 0 ? 422 : 200,
): Promise<void> {
  const view = viewFor(request);
  const entry = findAlert(view, String(request.params.id));
  const shown = [...problems];
  const silences = await client.list(entry.labels).catch((error: unknown) => {
    if (!(error instanceof SilenceError)) throw error;
    if (!shown.includes(error.message)) shown.push(error.message);
    return [];
  });
  const page = silencePage({ entry, addresses: view.addresses, token, silences, problems: shown });
  sendPage(response.status(status), page);
}
