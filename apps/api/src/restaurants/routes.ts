import { validate } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';

import type { RestaurantStore } from './store.ts';

const pageSize = 20;

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(pageSize),
  after: z.string().max(200).optional(),
});
const identity = z.object({ id: z.uuid() });

/** `/api/v1/restaurants`: the catalogue. */
export function restaurantRoutes(store: RestaurantStore, gate: RequestHandler): Router {
  const router = Router();
  router.get('/', gate, async (request, response) => {
    const { limit, after } = validate(listQuery, request.query, 'query');
    const items = await store.list(limit, after);
    response.json({ items, next: items.length === limit ? items.at(-1)?.name : undefined });
  });
  router.get('/:id', gate, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const restaurant = await store.find(id);
    if (restaurant === undefined) {
      throw new HttpError(404, `There is no restaurant \`${id}\`.`, { code: 'restaurant_unknown' });
    }
    response.json(restaurant);
  });
  return router;
}
