import { randomUUID } from 'node:crypto';
import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { type AlertEntry, idOf } from '../inbox/entry.ts';
import type { InboxView } from '../page/inbox-page.ts';
import { createSilenceClient, type SilenceClient, SilenceError } from './alertmanager.ts';
import { chosenLabels, durations, silenceForm } from './form.ts';
import { silencePage } from './page.ts';

/** What silences need. */
export interface SilenceDependencies {
  readonly telemetry: Telemetry;
  /** Where Alertmanager's API is; absent means that no silence can be made here. */
  readonly alertmanagerQueryUrl: string | undefined;
  /** What the inbox holds, for a request. */
  readonly viewFor: (request: Request) => InboxView;
}

interface Context extends SilenceDependencies {
  readonly client: SilenceClient;
  /** Stands in our own forms alone, so that no other site can have a browser send one. */
  readonly token: string;
}

type Parameters = { id: string; silence?: string };

const millisecondsPerHour = 3_600_000;

/** `/alerts/:id/silence`: a form for a silence, and a way to end one. */
export function silenceRoutes(dependencies: SilenceDependencies): Router {
  const router = Router();
  const { alertmanagerQueryUrl } = dependencies;
  if (alertmanagerQueryUrl === undefined) return router;
  const client = createSilenceClient(alertmanagerQueryUrl);
  const context: Context = { ...dependencies, client, token: randomUUID() };
  const body = express.urlencoded({ extended: false, limit: '16kb' });
  router.get('/alerts/:id/silence', show(context));
  router.post('/alerts/:id/silence', body, create(context));
  router.post('/alerts/:id/silence/:silence/end', body, end(context));
  return router;
}

function show(context: Context): RequestHandler<Parameters> {
  return (request, response) => send(context, request as unknown as Request, response, []);
}

function create(context: Context): RequestHandler<Parameters> {
  const { client, token, telemetry, viewFor } = context;
  return async (given, response) => {
    const request = given as unknown as Request;
    const form = silenceForm.safeParse(request.body ?? {});
    if (!form.success) {
      return send(
        context,
        request,
        response,
        form.error.issues.map(({ message }) => message),
      );
    }
    if (form.data.token !== token) return send(context, request, response, [outOfDate]);
    const { labels } = alertOf(viewFor(request), request);
    const { duration, by, reason, label } = form.data;
    const startsAt = Date.now();
    const endsAt = startsAt + durations[duration] * millisecondsPerHour;
    await answer(context, request, response, async () => {
      const chosen = chosenLabels(labels, label);
      const details = { startsAt, endsAt, createdBy: by, comment: reason };
      const id = await client.create({ labels: chosen, ...details });
      const fields = { alertname: labels.alertname, silence_id: id, hours: durations[duration] };
      telemetry.logger.info({ event: 'inbox_silence_created', ...fields }, 'silence created');
    });
  };
}

function end(context: Context): RequestHandler<Parameters> {
  const { client, token, telemetry, viewFor } = context;
  return async (given, response) => {
    const request = given as unknown as Request;
    const { silence = '' } = given.params;
    if (request.body?.token !== token) return send(context, request, response, [outOfDate]);
    const { labels } = alertOf(viewFor(request), request);
    await answer(context, request, response, async () => {
      // Of this alert only: whatever else Alertmanager silences is not this page's.
      const ids = (await client.list(labels)).map(({ id }) => id);
      if (!ids.includes(silence)) throw new SilenceError('This silence has ended already.');
      await client.end(silence);
      const fields = { alertname: labels.alertname, silence_id: silence };
      telemetry.logger.info({ event: 'inbox_silence_ended', ...fields }, 'silence ended');
    });
  };
}

const outOfDate = 'This page was out of date. Here is a new one: please send it again.';

/** Does it and leads to the page that shows it, or says why not. */
async function answer(
  context: Context,
  request: Request,
  response: Response,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof SilenceError)) throw error;
    return send(context, request, response, [error.message], 502);
  }
  const { id } = request.params;
  // So that a reload of the page does not do it again.
  response.redirect(303, `/alerts/${id}/silence`);
}

async function send(
  { viewFor, client, token }: Context,
  request: Request,
  response: Response,
  problems: readonly string[],
  status = problems.length > 0 ? 422 : 200,
): Promise<void> {
  const view = viewFor(request);
  const entry = alertOf(view, request);
  const told = [...problems];
  const silences = await client.list(entry.labels).catch((error: unknown) => {
    if (!(error instanceof SilenceError)) throw error;
    if (!told.includes(error.message)) told.push(error.message);
    return [];
  });
  const page = silencePage({ entry, addresses: view.addresses, token, silences, problems: told });
  response.status(status).set('cache-control', 'no-store').type('html').send(String(page));
}

function alertOf({ alerts }: InboxView, { params: { id } }: Request): AlertEntry {
  const entry = alerts.find((alert) => idOf(alert) === id);
  if (entry !== undefined) return entry;
  throw new HttpError(404, `There is no alert \`${id}\`; it may have left the inbox.`, {
    code: 'alert_unknown',
  });
}
