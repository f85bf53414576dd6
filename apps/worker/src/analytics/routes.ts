import { validate } from '@watchkeeper/galley';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { page } from '../http/schema.ts';
import type { Period, Reports } from './reports.ts';

interface AnalyticsRoutes {
  readonly reports: Reports;
  readonly guards: readonly RequestHandler[];
}

const dayMs = 86_400_000;
// An answer has at most a year of hours.
const maxPeriodMs = 366 * dayMs;
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const periodFields = { from: moment.optional(), to: moment.optional() };
const list = { limit: page.limit };

/** `/api/v1/analytics`: business reports, of the last day by default. */
export function analyticsRoutes({ reports, guards }: AnalyticsRoutes): Router {
  const schema = <S extends z.ZodRawShape>(shape: S) =>
    z.strictObject({ ...periodFields, ...shape });
  const router = Router();
  router.get('/hours', ...guards, async (request, response) => {
    const query = validate(schema({}), request.query, 'query');
    response.json({ items: await reports.hours(periodOf(query)) });
  });
  router.get('/restaurants', ...guards, async (request, response) => {
    const query = validate(schema(list), request.query, 'query');
    response.json({ items: await reports.restaurants(periodOf(query), query.limit) });
  });
  router.get('/dishes', ...guards, async (request, response) => {
    const query = validate(schema(list), request.query, 'query');
    response.json({ items: await reports.dishes(periodOf(query), query.limit) });
  });
  router.get('/customers', ...guards, async (request, response) => {
    const { limit } = validate(z.strictObject(list), request.query, 'query');
    response.json({ items: await reports.customers(limit) });
  });
  return router;
}

/** With the current hour; a period that is too long is cut at its start. */
function periodOf({ from, to }: { from?: Date | undefined; to?: Date | undefined }): Period {
  const end = to?.getTime() ?? Date.now() + 1;
  const start = Math.max(from?.getTime() ?? end - dayMs, end - maxPeriodMs);
  return { from: new Date(start), to: new Date(end) };
}
