import { callerOf, validate } from '@watchkeeper/galley';
import { HttpError, type Telemetry } from '@watchkeeper/telemetry';
import { type RequestHandler, type Response, Router } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import { notFound } from '../http/resource.ts';
import type { Assistant } from './assistant.ts';
import type { AssistantUsage } from './store.ts';
import { findOrderFacts } from './store.ts';

const questionBody = z.object({
  // As typed by a person; pasted ones are longer, and cost accordingly.
  question: z.string().trim().min(1).max(1_000),
  orderId: z.uuid().optional(),
});

export interface AssistantDependencies {
  readonly pool: Pool;
  readonly assistant: Assistant;
  readonly usage: AssistantUsage;
  readonly telemetry: Telemetry;
}

/** `/api/v1/assistant`. */
export function assistantRoutes(
  { pool, assistant, usage, telemetry }: AssistantDependencies,
  signedIn: readonly RequestHandler[],
): Router {
  const rejections = telemetry.metrics.counter('rate_limit_rejections_total');
  const router = Router();
  router.post('/questions', ...signedIn, async (request, response) => {
    const { question, orderId } = validate(questionBody, request.body, 'body');
    const { userId } = callerOf(response);
    const order = orderId && (await findOrderFacts(pool, userId, orderId));
    if (orderId !== undefined && !order) throw notFound('order', orderId);
    if (!(await usage.take(userId))) {
      rejections.increment({ limiter: 'assistant' });
      response.set('retry-after', String(secondsUntilTomorrow()));
      throw new HttpError(429, 'Too many questions today.', {
        code: 'assistant_questions_exhausted',
      });
    }
    const answer = await assistant.ask(question, order || undefined, abortOnDisconnect(response));
    await usage.add(userId, answer.tokens);
    response.json(answer);
  });
  return router;
}

/** Aborts when the caller disconnects: an unread answer costs as much. */
function abortOnDisconnect(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

function secondsUntilTomorrow(): number {
  const secondsPerDay = 86_400;
  return secondsPerDay - (Math.floor(Date.now() / 1_000) % secondsPerDay);
}
