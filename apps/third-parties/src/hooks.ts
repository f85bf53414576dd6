import { validate } from '@watchkeeper/galley';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { createMemory, type Memory } from './memory.ts';
import { acceptedLimit } from './requests.ts';

interface ReceivedHook {
  readonly receivedAt: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it came, to the byte: a signature is over just that. */
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
 * `/hooks/:name`: endpoints of customers. `POST` takes anything; `GET` shows what came in, newest
 * first, with the headers that a receiver of webhooks looks at.
 * @param behave what the stand-in was told to do to a request
 * @param now milliseconds since 1970
 */
export function hookRoutes(behave: RequestHandler[], now: () => number): Router {
  const endpoints = createMemory<Memory<ReceivedHook>>(maxEndpoints);
  let count = 0;
  const router = Router();
  const takeText = express.text({ type: () => true, limit: maxBody });
  router.post('/:name', behave, takeText, (request: Request, response: Response) => {
    const { name } = validate(endpoint, request.params, 'params');
    const received = endpoints.get(name) ?? createMemory<ReceivedHook>(maxRequests);
    count += 1;
    received.add(String(count), { receivedAt: new Date(now()).toISOString(), ...content(request) });
    endpoints.add(name, received);
    response.status(202).json({ status: 'received' });
  });
  router.get('/:name', (request, response) => {
    const { name } = validate(endpoint, request.params, 'params');
    const { limit } = validate(listQuery, request.query, 'query');
    const requests = endpoints.get(name)?.list() ?? [];
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
