import { pipeline } from 'node:stream/promises';
import { HttpError } from '@watchkeeper/telemetry';
import type { Request, Response } from 'express';
import type { Choice } from '../routing/choice.ts';
import { bodyOf } from './body.ts';
import { type Exchange, startExchange } from './exchange.ts';
import { CallerLeftError, refusalOf, UpstreamError } from './failures.ts';
import { headersFor } from './request-headers.ts';
import { passedOn, setAll } from './response-headers.ts';
import type { Upstream } from './upstream.ts';

/**
 * Asks the upstream for one caller and gives the caller the answer as it comes.
 * @throws HttpError for a failed upstream or a body that is too long
 */
export async function relay(
  upstream: Upstream,
  { route, target }: Choice,
  request: Request,
  response: Response,
): Promise<void> {
  // It left while its token was read; its `close` has been and will not come again.
  if (response.closed) return;
  const exchange = startExchange(route.timeoutMs);
  endWith(response, exchange);
  try {
    const answer = await upstream.ask({
      method: request.method,
      target,
      headers: headersFor(request),
      body: bodyOf(request, route.bodyLimitKilobytes * 1_024, exchange),
      exchange,
    });
    response.status(answer.status);
    setAll(response, passedOn(answer.headers));
    await sendBody(answer, response);
  } catch (error) {
    refuse(error, response);
  }
}

/** Turns a failure into the caller's error response, with `Retry-After` if known. */
export function refuse(error: unknown, response: Response): void {
  // Nobody is there to be told; the request's own line says that the caller left.
  if (error instanceof CallerLeftError) return;
  // Half an answer can't be taken back: the caller must see that it broke off.
  if (response.headersSent) return void response.destroy();
  if (error instanceof HttpError && error.statusCode === 413) {
    // Else the rest of the body would have to be read for nothing.
    response.setHeader('connection', 'close');
  }
  if (!(error instanceof UpstreamError)) throw error;
  if (error.retryAfter !== undefined) response.setHeader('retry-after', error.retryAfter);
  throw refusalOf(error);
}

function endWith(response: Response, exchange: Exchange): void {
  response.once('close', () => {
    exchange.end();
    if (!response.writableFinished) exchange.abort(new CallerLeftError());
  });
}

async function sendBody({ body }: globalThis.Response, response: Response): Promise<void> {
  if (body === null) return void response.end();
  // As it is: made a Node stream, it would take twice the listeners, more than Node thinks sound.
  await pipeline(body, response);
}
