import { ownPagesOnly, type Telemetry } from '@watchkeeper/telemetry';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { viewerMetrics } from './catalogue.ts';
import { createQueryClient, type QueryAddresses, QueryError } from './query-client.ts';
import { findEndpoint } from './sources.ts';

// A page has four in flight; this is a few pages.
const limits = { timeoutMs: 15_000, maxMegabytes: 8, maxInFlight: 16 };

/**
 * `GET /:source/:endpoint`: forwards a panel's query, within limits. Mount it before the request
 * metrics: a slow query, or a Loki that is down, is no failure of this service.
 */
export function dataRoutes(dependencies: QueryAddresses & { telemetry: Telemetry }): Router {
  const { declareMetrics } = dependencies.telemetry;
  const queries = declareMetrics(viewerMetrics).counter('dashboard_queries_total');
  const client = createQueryClient(dependencies, limits);
  // Another site's page must not keep Prometheus busy through a reader's browser.
  const guard = ownPagesOnly() as RequestHandler<{ source: string; endpoint: string }>;
  const handler: RequestHandler<{ source: string; endpoint: string }> = async (
    request,
    response,
  ) => {
    const { source, endpoint: name } = request.params;
    const known = source === 'prometheus' || source === 'loki' ? source : undefined;
    try {
      guard(request, response, (denial) => {
        if (denial) throw new QueryError(403, 'Cross-site requests are not allowed.');
      });
      const endpoint = findEndpoint(source, name);
      if (known === undefined || endpoint === undefined) {
        throw new QueryError(404, 'Unknown data source or endpoint.');
      }
      const { path, parameters } = endpoint(request.query);
      const closed = new AbortController();
      response.on('close', () => closed.abort());
      const text = await client.query(known, path, parameters, closed.signal);
      queries.increment({ source: known, result: 'success' });
      response.set('cache-control', 'no-store').type('json').send(text);
    } catch (error) {
      if (response.destroyed) return;
      const { status, message } = describeError(error);
      if (known) queries.increment({ source: known, result: 'error' });
      response.status(status).json({ status: 'error', error: message });
    }
  };
  const router = Router();
  router.get('/:source/:endpoint', handler);
  return router;
}

function describeError(error: unknown): { status: number; message: string } {
  if (error instanceof QueryError) return error;
  if (!(error instanceof z.ZodError)) throw error;
  const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
  return { status: 400, message: `Invalid parameters: ${problems.join('; ')}.` };
}
