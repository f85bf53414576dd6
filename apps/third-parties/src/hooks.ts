import { validate } from '@watchkeeper/galley';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { acceptedLimit } from './requests.ts';

interface ReceivedHook {
  readonly receivedAt: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Unchanged, because its signature covers every byte. */
  readonly body: string;
}

// At most 32 MiB: 20 endpoints with 50 requests of 32 KiB each.
const maxEndpoints = 20;
const maxRequests = 50;
const maxBody = '32kb';
const endpoint = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, 'Expected 1 to 40 of `a-z`, `0-9`, `-`.'),
});
const listQuery = z.strictObject({ limit: acceptedLimit });

/**
 * `/hooks/:name`: webhook endpoints of customers. `POST` accepts anything; `GET` lists the received
 * requests, newest first, with the headers that a webhook receiver reads.
 * @param now milliseconds since 1970
 */
export function hookRoutes(behave: RequestHandler[], now: () => number): Router {
  const endpoints = new LRUCache<string, LRUCache<number, ReceivedHook>>({ max: maxEndpoints });
  let count = 0;
  const router = Router();
  const takeText = express.text({ type: () => true, limit: maxBody });
  router.post('/:name', behave, takeText, (request: Request, response: Response) => {
    const { name } = validate(endpoint, request.params, 'params');
    const received =
      endpoints.peek(name) ?? new LRUCache<number, ReceivedHook>({ max: maxRequests });
    count += 1;
    received.set(count, { receivedAt: new Date(now()).toISOString(), ...content(request) });
    endpoints.set(name, received);
    response.status(202).json({ status: 'received' });
  });
  router.get('/:name', (request, response) => {
    const { name } = validate(endpoint, request.params, 'params');
    const { limit } = validate(listQuery, request.query, 'query');
    const requests = [...(endpoints.peek(name)?.values() ?? [])];
    response.set('cache-control', 'no-store').json({ requests: requests.slice(0, limit) });
  });
  return router;
}

function content(request: Request): Pick<ReceivedHook, 'headers' | 'body'> {
  const isShown = (header: string) => header === 'content-type' || header.startsWith('x-galley-');
  const headers = Object.entries(request.headers).flatMap(([header, value]) =>
    isShown(header) ? [[header, String(value)] as const] : [],
  );
  return {
    headers: Object.fromEntries(headers),
    body: typeof request.body === 'string' ? request.body : '',
  };
}
