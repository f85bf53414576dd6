import { Router } from 'express';
import type { Report } from './capabilities.ts';

/**
 * `GET /health` responds with 200 while the gateway runs, `GET /ready` with 503 while a critical
 * capability is down. Both have the same body.
 */
export function readinessRoutes(readiness: () => Promise<Report>): Router {
  const router = Router();
  router.get('/health', async (_request, response) => {
    response.json(await readiness());
  });
  router.get('/ready', async (_request, response) => {
    const report = await readiness();
    response.status(report.status === 'down' ? 503 : 200).json(report);
  });
  return router;
}
