import { callerOf, notFound, validate } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import { type Response, Router } from 'express';
import { z } from 'zod';
import type { RouteContext } from '../context.ts';
import { createAssistant } from './assistant.ts';
import type { AssistantConfiguration } from './config.ts';
import { addTokens, findOrderFacts, takeQuestion } from './store.ts';

const questionBody = z.object({
  // As typed by a person; pasted ones are longer, and cost accordingly.
  question: z.string().trim().min(1).max(1_000),
  orderId: z.uuid().optional(),
});

/** `/api/v1/assistant`. */
export function assistantRoutes(
  { pool, telemetry, signedIn }: RouteContext,
  configuration: AssistantConfiguration,
): Router {
  const assistant = createAssistant(configuration, telemetry);
  const rejections = telemetry.metrics.counter('rate_limit_rejections_total');
  const router = Router();
  router.post('/questions', ...signedIn, async (request, response) => {
    const { question, orderId } = validate(questionBody, request.body, 'body');
    const { userId } = callerOf(response);
    const order = orderId && (await findOrderFacts(pool, userId, orderId));
    if (orderId !== undefined && !order) throw notFound('order', orderId);
    if (!(await takeQuestion(pool, userId, configuration.questionsPerDay))) {
      rejections.increment({ limiter: 'assistant' });
      response.set('retry-after', String(secondsUntilTomorrow()));
      throw new HttpError(429, 'Too many questions today.', {
        code: 'assistant_questions_exhausted',
      });
    }
    const answer = await assistant.ask(question, order || undefined, abortOnDisconnect(response));
    await addTokens(pool, userId, answer.tokens);
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
