import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import { type Html, html } from '@watchkeeper/viewer';
import { type Request, type RequestHandler, Router } from 'express';
import { oncallMetrics } from '../catalogue.ts';
import { type AlertEntry, idOf } from '../inbox/entry.ts';
import { alertPage, backToInbox } from '../page/alert-page.ts';
import { topBar } from '../page/head.ts';
import type { InboxView } from '../page/inbox-page.ts';
import { shell } from '../page/shell.ts';
import { type Runbook, readRunbook } from './document.ts';
import { firingOf } from './firing.ts';
import { runbookPanel } from './panel.ts';
import { createQueryRunner, type QueryAddresses, type QueryRunner } from './query.ts';
import { resultTable } from './result.ts';
import { fillVariables } from './variables.ts';

/** What the runbooks need. */
export interface RunbookDependencies extends QueryAddresses {
  readonly telemetry: Telemetry;
  readonly folder: string | undefined;
  /** What the inbox holds, for a request. */
  readonly viewFor: (request: Request) => InboxView;
}

interface Context extends RunbookDependencies {
  readonly runner: QueryRunner;
}

/**
 * `/runbooks/:name` and `/alerts/:id`, where the runbook stands beside an alert. Below both,
 * `/queries/:index` runs a query that stands in the runbook, and no other.
 */
export function runbookRoutes(dependencies: RunbookDependencies): Router {
  const context: Context = { ...dependencies, runner: createQueryRunner(dependencies) };
  const router = Router();
  router.get('/runbooks/:name', showAlone(context));
  router.get('/runbooks/:name/queries/:index', runQuery(context));
  router.get('/alerts/:id', showBeside(context));
  router.get('/alerts/:id/runbooks/:name', showBeside(context));
  router.get('/alerts/:id/runbooks/:name/queries/:index', runQuery(context));
  return router;
}

function showAlone({ folder, viewFor, runner }: Context): RequestHandler<{ name: string }> {
  return async (request, response) => {
    const runbook = await runbookNamed(folder, request.params.name);
    const view = viewFor(request as unknown as Request);
    const address = `/runbooks/${runbook.name}`;
    const addressOf = (name: string) => `/runbooks/${name}`;
    const panel = runbookPanel(runbook, {
      labels: undefined,
      address,
      addressOf,
      runner,
      level: 1,
    });
    const body = html`${topBar(view.addresses, backToInbox)}
<main id="main" class="alone">${firingOf(runbook.name, view)}
${panel}</main>`;
    send(response, shell({ title: `Runbook ${runbook.name}`, body }));
  };
}

function showBeside(context: Context): RequestHandler<{ id: string; name?: string }> {
  const { folder, viewFor, runner } = context;
  return async (request, response) => {
    const view = viewFor(request as unknown as Request);
    const entry = alertOf(view, request.params.id);
    const { name } = request.params;
    const base = `/alerts/${idOf(entry)}/runbooks`;
    const runbook =
      name === undefined
        ? await readRunbook(folder, runbookNameOf(entry))
        : await runbookNamed(folder, name);
    const panel =
      runbook === undefined
        ? noRunbook(entry)
        : runbookPanel(runbook, {
            labels: entry.labels,
            address: `${base}/${runbook.name}`,
            addressOf: (other) => `${base}/${other}`,
            runner,
            level: 2,
          });
    send(response, alertPage(entry, panel, view));
  };
}

function runQuery(context: Context): RequestHandler<{ id?: string; name: string; index: string }> {
  const { folder, viewFor, runner, telemetry } = context;
  const queries = telemetry.declareMetrics(oncallMetrics).counter('inbox_runbook_queries_total');
  return async (request, response) => {
    const view = viewFor(request as unknown as Request);
    const runbook = await runbookNamed(folder, request.params.name);
    const query = runbook.queries.find(({ index }) => String(index) === request.params.index);
    if (query === undefined) {
      throw new HttpError(404, `There is no query \`${request.params.index}\` in this runbook.`, {
        code: 'query_unknown',
      });
    }
    const { id } = request.params;
    const filled = fillVariables(query.code, id === undefined ? {} : alertOf(view, id).labels);
    const result =
      'problem' in filled
        ? { problem: filled.problem, status: 422 as const }
        : await runner.run(query.type, filled.code);
    const isFailed = 'problem' in result;
    queries.increment({ type: query.type, result: isFailed ? 'error' : 'success' });
    if (isFailed) {
      const fields = { alertname: runbook.name, type: query.type, reason: result.problem };
      telemetry.logger.warn({ event: 'runbook_query_failed', ...fields }, 'runbook query failed');
    }
    const body = html`${topBar(view.addresses, backToInbox)}
<main id="main"><h1>Query ${query.index} of ${runbook.name}</h1>
<pre tabindex="0"><code>${'code' in filled ? filled.code : query.code}</code></pre>
${resultTable(result, view.now)}</main>`;
    response.status(isFailed ? result.status : 200);
    send(response, shell({ title: `Query ${query.index} of ${runbook.name}`, body }));
  };
}

function send(response: Parameters<RequestHandler>[1], page: Html): void {
  response.set('cache-control', 'no-store').type('html').send(String(page));
}

async function runbookNamed(folder: string | undefined, given: string): Promise<Runbook> {
  const name = given.replace(/\.md$/, '');
  const runbook = await readRunbook(folder, name);
  if (runbook !== undefined) return runbook;
  throw new HttpError(404, `There is no runbook \`${name}\`.`, { code: 'runbook_unknown' });
}

function alertOf({ alerts }: InboxView, id: string): AlertEntry {
  const entry = alerts.find((alert) => idOf(alert) === id);
  if (entry !== undefined) return entry;
  throw new HttpError(404, `There is no alert \`${id}\`; it may have left the inbox.`, {
    code: 'alert_unknown',
  });
}

/** The last part of the address that the rule gives, else the alert's own name. */
function runbookNameOf({ annotations, labels }: AlertEntry): string {
  const last = annotations.runbook_url?.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  return last.replace(/\.md$/, '') || (labels.alertname ?? '');
}

function noRunbook({ labels }: AlertEntry): Html {
  return html`<section id="runbook" class="runbook" aria-label="Runbook"><h2>No runbook here</h2>
  <p>There is no page <code>runbooks/${labels.alertname ?? '…'}.md</code> in the inbox's folder.</p>
</section>`;
}
