import { instrumentFetch, type Telemetry } from '@watchkeeper/telemetry';
import { type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { viewerMetrics } from './catalogue.ts';
import { findEndpoint } from './sources.ts';

/** What the data routes need. */
export interface DataDependencies {
  readonly telemetry: Telemetry;
  /** Where this process asks; absent means that there is nothing to ask. */
  readonly prometheusQueryUrl: string | undefined;
  readonly lokiQueryUrl: string | undefined;
}

const timeoutMs = 15_000;
const maxBytes = 8 * 1024 * 1024;
// A page asks four at a time; this is a few pages.
const maxRunning = 16;
const names: Readonly<Record<string, string>> = { prometheus: 'Prometheus', loki: 'Loki' };

/** Why there is no answer, in the words of a panel. */
class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * `GET /:source/:question`: passes a panel's query on, and its answer back, within bounds. It stands
 * before the request metrics: a slow query, or a Loki that is gone, is no fault of this service.
 */
export function dataRoutes(dependencies: DataDependencies): Router {
  const { telemetry } = dependencies;
  const queries = telemetry.declareMetrics(viewerMetrics).counter('dashboard_queries_total');
  const ask = createAsk(dependencies);
  const handler: RequestHandler<{ source: string; question: string }> = async (
    request,
    response,
  ) => {
    const { source, question } = request.params;
    const known = source === 'prometheus' || source === 'loki' ? source : undefined;
    try {
      refuseOtherPages(request.get('sec-fetch-site'));
      const text = await ask(source, question, request.query, response);
      if (known) queries.increment({ source: known, result: 'success' });
      response.set('cache-control', 'no-store').type('json').send(text);
    } catch (error) {
      if (response.destroyed) return;
      const { status, message } = refusalOf(error, names[source] ?? source);
      if (known) queries.increment({ source: known, result: 'error' });
      response.status(status).json({ status: 'error', error: message });
    }
  };
  const router = Router();
  router.get('/:source/:question', handler);
  return router;
}

/** A page of somebody else must not keep Prometheus busy through a reader's browser. */
function refuseOtherPages(site: string | undefined): void {
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new Refusal(403, 'Only the pages of this server may ask.');
}

function createAsk({ prometheusQueryUrl, lokiQueryUrl }: DataDependencies) {
  const bases: Readonly<Record<string, string | undefined>> = {
    prometheus: prometheusQueryUrl,
    loki: lokiQueryUrl,
  };
  const hosts = Object.values(bases).flatMap((base) => (base ? new URL(base).hostname : []));
  const send = instrumentFetch(fetch, { ownHosts: hosts });
  let running = 0;

  return async (source: string, question: string, asked: unknown, response: Response) => {
    const endpoint = findEndpoint(source, question);
    if (endpoint === undefined) throw new Refusal(404, 'There is no such question.');
    const { path, parameters } = endpoint.read(asked);
    const base = bases[source];
    if (base === undefined) throw new Refusal(503, `${names[source]} does not run here.`);
    if (running >= maxRunning) throw new Refusal(503, 'Too many queries run at the moment.');
    const url = new URL(`${base.replace(/\/+$/, '')}${path}`);
    for (const [name, value] of parameters) url.searchParams.append(name, value);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    running += 1;
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), gone.signal]);
      const answer = await send(url, { redirect: 'error', signal });
      const text = await readBounded(answer);
      if (!answer.ok) throw new Refusal(422, `${names[source]} refuses the query: ${reason(text)}`);
      return text;
    } finally {
      running -= 1;
    }
  };
}

async function readBounded(answer: globalThis.Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Refusal(502, 'The answer is too large to be shown here.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Prometheus answers JSON with its reason, Loki plain text. */
function reason(text: string): string {
  try {
    return z.object({ error: z.string() }).parse(JSON.parse(text)).error.slice(0, 500);
  } catch {
    return text.slice(0, 500).trim();
  }
}

function refusalOf(error: unknown, source: string): { status: number; message: string } {
  if (error instanceof Refusal) return error;
  if (error instanceof z.ZodError) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
    return { status: 400, message: `Expected other parameters: ${problems.join('; ')}.` };
  }
  if ((error as { name?: string }).name === 'TimeoutError') {
    return { status: 504, message: `${source} gave no answer within ${timeoutMs / 1_000} s.` };
  }
  return { status: 502, message: `${source} does not answer. Is it running?` };
}
