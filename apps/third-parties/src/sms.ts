import { randomUUID } from 'node:crypto';
import { validate } from '@watchkeeper/galley';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { acceptedLimit, jsonBody } from './requests.ts';

interface Message {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly receivedAt: string;
}

// At most 8 MB; codes are read within seconds.
const capacity = 4_000;
const number = z.string().regex(/^\+[1-9]\d{6,14}$/, 'Expected a number such as `+31612345678`.');
const newMessage = z.strictObject({ to: number, text: z.string().min(1).max(1_600) });
const listQuery = z.strictObject({ to: number.optional(), limit: acceptedLimit });

/**
 * `/sms`: `POST /messages` sends a text message; `GET /messages` lists those received, newest first.
 * Requests with the same `idempotency-key` are one message.
 * @param now milliseconds since 1970
 */
export function smsRoutes(behave: RequestHandler[], now: () => number): Router {
  const messages = new LRUCache<string, Message>({ max: capacity });
  const router = Router();
  const takeJson = jsonBody('16kb');
  router.post('/messages', behave, takeJson, (request: Request, response: Response) => {
    const { to, text } = validate(newMessage, request.body, 'body');
    const key = request.get('idempotency-key') ?? randomUUID();
    const known = messages.peek(key);
    const message = known ?? {
      ...{ id: `sms_${randomUUID()}`, to, text },
      receivedAt: new Date(now()).toISOString(),
    };
    if (known === undefined) messages.set(key, message);
    response.status(201).json({ id: message.id, status: 'queued' });
  });
  router.get('/messages', (request, response) => {
    const { to, limit } = validate(listQuery, request.query, 'query');
    const matching = [...messages.values()].filter(
      (message) => to === undefined || message.to === to,
    );
    response.set('cache-control', 'no-store').json({ messages: matching.slice(0, limit) });
  });
  return router;
}
