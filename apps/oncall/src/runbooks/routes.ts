import { HttpError, ownPagesOnly, type Telemetry } from '@watchkeeper/telemetry';
import { type Html, html, type QueryAddresses, sendPage } from '@watchkeeper/viewer';
import { type Request, type RequestHandler, Router } from 'express';
import { oncallMetrics } from '../catalogue.ts';
import { type AlertEntry, idOf } from '../inbox/entry.ts';
import { alertPage } from '../page/alert-page.ts';
import { shell } from '../page/shell.ts';
import { findAlert, type InboxView } from '../page/view.ts';
import { type Runbook, readRunbook } from './document.ts';
import { firingOf } from './firing.ts';
import { runbookPanel } from './panel.ts';
import { createQueryRunner, type QueryRunner } from './query.ts';
import { resultTable } from './result.ts';
import { fillVariables } from './variables.ts';

interface Context {
  readonly telemetry: Telemetry;
  readonly runbooksFolder: string | undefined;
  readonly viewFor: (request: Request) => InboxView;
  readonly runner: QueryRunner;
}

/**
 * `/runbooks/:name`, and `/alerts/:id` with the runbook beside the alert. Below both,
 * `/queries/:index` runs a query of the runbook, and no other.
 */
export function runbookRoutes(dependencies: Omit<Context, 'runner'> & QueryAddresses): Router {
  const context: Context = { ...dependencies, runner: createQueryRunner(dependencies) };
  const router = Router();
  router.get('/runbooks/:name', showAlone(context));
  // Another site's page must not keep Prometheus busy through a reader's browser.
  const own = ownPagesOnly();
  router.get('/runbooks/:name/queries/:index', own, runQuery(context));
  router.get('/alerts/:id', showBeside(context));
  router.get('/alerts/:id/runbooks/:name', showBeside(context));
  router.get('/alerts/:id/runbooks/:name/queries/:index', own, runQuery(context));
  return router;
}

function showAlone({ runbooksFolder, viewFor, runner }: Context): RequestHandler<{ name: string }> {
  return async (request, response) => {
    const runbook = await runbookNamed(runbooksFolder, request.params.name);
    const view = viewFor(request as unknown as Request);
    const addressOf = (name: string) => `/runbooks/${name}`;
    const panel = runbookPanel(runbook, { labels: undefined, addressOf, runner, level: 1 });
    const content = html`${firingOf(runbook.name, view)}\n${panel}`;
    const { addresses } = view;
    const title = `Runbook ${runbook.name}`;
    sendPage(response, shell({ title, addresses, main: html`class="alone"`, content }));
  };
}

function showBeside(context: Context): RequestHandler<{ id: string; name?: string }> {
  const { runbooksFolder, viewFor, runner } = context;
  return async (request, response) => {
    const view = viewFor(request as unknown as Request);
    const entry = findAlert(view, request.params.id);
    const { name } = request.params;
    const addressOf = (other: string) => `/alerts/${idOf(entry)}/runbooks/${other}`;
    const runbook =
      name === undefined
        ? await readRunbook(runbooksFolder, runbookNameOf(entry))
        : await runbookNamed(runbooksFolder, name);
    const panel =
      runbook === undefined
        ? noRunbook(entry)
        : runbookPanel(runbook, { labels: entry.labels, addressOf, runner, level: 2 });
    sendPage(response, alertPage(entry, panel, view));
  };
}

function runQuery(context: Context): RequestHandler<{ id?: string; name: string; index: string }> {
  const { runbooksFolder, viewFor, runner, telemetry } = context;
  const queries = telemetry.declareMetrics(oncallMetrics).counter('inbox_runbook_queries_total');
  return async (request, response) => {
    const view = viewFor(request as unknown as Request);
    const runbook = await runbookNamed(runbooksFolder, request.params.name);
    const query = runbook.queries.find(({ index }) => String(index) === request.params.index);
    if (query === undefined) {
      throw new HttpError(404, `This runbook has no query \`${request.params.index}\`.`, {
        code: 'query_unknown',
      });
    }
    const { id } = request.params;
    const filled = fillVariables(query.code, id === undefined ? {} : findAlert(view, id).labels);
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
    const title = `Query ${query.index} of ${runbook.name}`;
    const content = html`<h1>${title}</h1>
<pre tabindex="0"><code>${'code' in filled ? filled.code : query.code}</code></pre>
${resultTable(result, view.now)}`;
    response.status(isFailed ? result.status : 200);
    sendPage(response, shell({ title, addresses: view.addresses, content }));
  };
}

async function runbookNamed(folder: string | undefined, file: string): Promise<Runbook> {
  const name = file.replace(/\.md$/, '');
  const runbook = await readRunbook(folder, name);
  if (runbook !== undefined) return runbook;
  throw new HttpError(404, `Unknown runbook \`${name}\`.`, { code: 'runbook_unknown' });
}

/** From the rule's `runbook_url`, else the alert's name. */
function runbookNameOf({ annotations, labels }: AlertEntry): string {
  const last = annotations.runbook_url?.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  return last.replace(/\.md$/, '') || (labels.alertname ?? '');
}

function noRunbook({ labels }: AlertEntry): Html {
  return html`<section id="runbook" class="runbook" aria-label="Runbook"><h2>No runbook</h2>
  <p>The runbooks folder has no <code>${labels.alertname ?? '…'}.md</code>.</p>
</section>`;
}
