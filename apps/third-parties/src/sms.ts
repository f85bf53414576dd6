import { randomUUID } from 'node:crypto';
import { validate } from '@watchkeeper/galley';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { createMemory } from './memory.ts';
import { acceptedLimit, jsonOnly } from './requests.ts';

interface Message {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly receivedAt: string;
}

// At most 8 MB; who waits for a code asks within seconds.
const capacity = 4_000;
const number = z.string().regex(/^\+[1-9]\d{6,14}$/, 'Expected a number such as `+31612345678`.');
const newMessage = z.strictObject({ to: number, text: z.string().min(1).max(1_600) });
const listQuery = z.strictObject({ to: number.optional(), limit: acceptedLimit });

/**
 * `/sms`: `POST /messages` takes a text message; `GET /messages` shows what came in, newest first.
 * The same `idempotency-key` is one message, however often it comes.
 * @param behave what the stand-in was told to do to a request
 * @param now milliseconds since 1970
 */
export function smsRoutes(behave: RequestHandler[], now: () => number): Router {
  const messages = createMemory<Message>(capacity);
  const router = Router();
  const takeJson = [jsonOnly(), express.json({ limit: '16kb' })];
  router.post('/messages', behave, takeJson, (request: Request, response: Response) => {
    const { to, text } = validate(newMessage, request.body, 'body');
    const key = request.get('idempotency-key') ?? randomUUID();
    const known = messages.get(key);
    const message = known ?? {
      ...{ id: `sms_${randomUUID()}`, to, text },
      receivedAt: new Date(now()).toISOString(),
    };
    if (known === undefined) messages.add(key, message);
    response.status(201).json({ id: message.id, status: 'queued' });
  });
  router.get('/messages', (request, response) => {
    const { to, limit } = validate(listQuery, request.query, 'query');
    const wanted = messages.list().filter((message) => to === undefined || message.to === to);
    response.set('cache-control', 'no-store').json({ messages: wanted.slice(0, limit) });
  });
  return router;
}
