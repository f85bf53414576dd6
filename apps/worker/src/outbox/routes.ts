import { idOf, notFound, validate } from '@watchkeeper/galley';
import { BusinessRuleError } from '@watchkeeper/telemetry';
import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import { page } from '../http/schema.ts';
import { isKnownEvent, listDeadEvents, redriveEvents } from './dead-events.ts';

const listQuery = z.strictObject({ limit: page.limit });

/** `/api/v1/outbox`: dead-lettered events and their redrive. */
export function outboxRoutes(pool: Pool, guards: readonly RequestHandler[]): Router {
  const router = Router();
  router.get('/dead', ...guards, async (request, response) => {
    const { limit } = validate(listQuery, request.query, 'query');
    response.json({ items: await listDeadEvents(pool, limit) });
  });
  router.post('/redrive', ...guards, async (_request, response) => {
    response.status(202).json({ redriven: await redriveEvents(pool) });
  });
  router.post('/:id/redrive', ...guards, async (request, response) => {
    const id = idOf(request);
    const redriven = await redriveEvents(pool, id);
    if (redriven === 1) return void response.status(202).json({ redriven });
    if (!(await isKnownEvent(pool, id))) throw notFound('event', id);
    throw new BusinessRuleError('EVENT_NOT_DEAD', 'Only a dead event can be redriven.');
  });
  return router;
}
