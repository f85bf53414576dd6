import { idOf, validate } from '@watchkeeper/galley';
import { type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { limit } from '../http/resource.ts';
import { plainText } from '../plain-text.ts';
import type { RestaurantStore } from './store.ts';

const listQuery = z.object({
  limit,
  // The page's last name; none on the first page.
  after: z.literal('').or(plainText(200)).optional(),
  cuisine: plainText(50).optional(),
});
const searchQuery = z.object({ limit, q: plainText(100) });

// Long enough to save requests of browsers and the gateway, short enough for a changed menu.
const maxAgeSeconds = 15;
// A search of more words would find nothing and only cost time.
const maxWords = 6;

/** `/api/v1/restaurants`. */
export function restaurantRoutes(store: RestaurantStore, gate: RequestHandler): Router {
  const router = Router();
  router.get('/', gate, async (request, response) => {
    const query = validate(listQuery, request.query, 'query');
    const items = await store.list(query);
    const next = items.length === query.limit ? items.at(-1)?.name : undefined;
    answerCacheable(response, { items, next });
  });
  router.get('/:id', gate, async (request, response) => {
    answerCacheable(response, await store.find(idOf(request)));
  });
  return router;
}

/** `/api/v1/search`: restaurants and dishes by words. */
export function searchRoutes(store: RestaurantStore, gate: RequestHandler): Router {
  const router = Router();
  router.get('/', gate, async (request, response) => {
    const { q, limit } = validate(searchQuery, request.query, 'query');
    answerCacheable(response, { items: await store.search(wordsOf(q), limit) });
  });
  return router;
}

function answerCacheable(response: Response, body: object): void {
  response.set('Cache-Control', `public, max-age=${maxAgeSeconds}`).json(body);
}

/** Letters and digits only, so that no search operator gets through. */
function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, maxWords);
}
