import { validate } from '@watchkeeper/galley';
import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import { page } from '../http/schema.ts';
import { listCustomers, listDishes, listHours, listRestaurants, type Period } from './reports.ts';

const dayMs = 86_400_000;
// An answer has at most a year of hours.
const maxPeriodMs = 366 * dayMs;
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const period = { from: moment.optional(), to: moment.optional() };
const { limit } = page;

/** `/api/v1/analytics`: business reports, of the last day by default. */
export function analyticsRoutes(pool: Pool, guards: readonly RequestHandler[]): Router {
  const router = Router();
  router.get('/hours', ...guards, async (request, response) => {
    const query = validate(z.strictObject(period), request.query, 'query');
    response.json({ items: await listHours(pool, periodOf(query)) });
  });
  router.get('/restaurants', ...guards, async (request, response) => {
    const query = validate(z.strictObject({ ...period, limit }), request.query, 'query');
    response.json({ items: await listRestaurants(pool, periodOf(query), query.limit) });
  });
  router.get('/dishes', ...guards, async (request, response) => {
    const query = validate(z.strictObject({ ...period, limit }), request.query, 'query');
    response.json({ items: await listDishes(pool, periodOf(query), query.limit) });
  });
  router.get('/customers', ...guards, async (request, response) => {
    const query = validate(z.strictObject({ limit }), request.query, 'query');
    response.json({ items: await listCustomers(pool, query.limit) });
  });
  return router;
}

/** With the current hour; a period that is too long is cut at its start. */
function periodOf({ from, to }: { from?: Date | undefined; to?: Date | undefined }): Period {
  const end = to?.getTime() ?? Date.now() + 1;
  const start = Math.max(from?.getTime() ?? end - dayMs, end - maxPeriodMs);
  return { from: new Date(start), to: new Date(end) };
}
