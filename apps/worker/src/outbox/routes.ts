import { validate } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError } from '@watchkeeper/telemetry';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { identity, page } from '../http/schema.ts';
import type { DeadEventStore } from './redrive.ts';

interface OutboxRoutes {
  readonly deadEvents: DeadEventStore;
  readonly guards: readonly RequestHandler[];
}

const listQuery = z.strictObject({ limit: page.limit });

/** `/api/v1/outbox`: dead-lettered events and their redrive. */
export function outboxRoutes({ deadEvents, guards }: OutboxRoutes): Router {
  const router = Router();
  router.get('/dead', ...guards, async (request, response) => {
    const { limit } = validate(listQuery, request.query, 'query');
    response.json({ items: await deadEvents.list(limit) });
  });
  router.post('/redrive', ...guards, async (_request, response) => {
    response.status(202).json({ redriven: await deadEvents.redrive() });
  });
  router.post('/:id/redrive', ...guards, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const redriven = await deadEvents.redrive(id);
    if (redriven === 1) return void response.status(202).json({ redriven });
    if (await deadEvents.exists(id)) {
      throw new BusinessRuleError('EVENT_NOT_DEAD', 'Only a dead event can be redriven.');
    }
    throw new HttpError(404, `There is no event \`${id}\`.`, { code: 'event_unknown' });
  });
  return router;
}
