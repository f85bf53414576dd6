import { Router } from 'express';
import type { Report } from './capabilities.ts';

/**
 * `GET /health`, which answers 200 as long as the gateway lives, and `GET /ready`, which answers 503
 * while a capability is down without which nobody is served. Both say the same of the whole.
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
