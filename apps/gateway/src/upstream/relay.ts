import { pipeline } from 'node:stream/promises';
import { HttpError } from '@watchkeeper/telemetry';
import type { Request, Response } from 'express';
import type { Choice } from '../routing/choice.ts';
import { requestBody } from './body.ts';
import { type Exchange, startExchange } from './exchange.ts';
import { CallerLeftError, UpstreamError } from './failures.ts';
import { headersFor } from './request-headers.ts';
import { copyHeaders, forwardedHeaders } from './response-headers.ts';
import type { Upstream } from './upstream.ts';

/**
 * Sends a request to the upstream for one caller and streams the response.
 * @throws HttpError for a failed upstream, or a body that is too large or too late
 */
export async function relay(
  upstream: Upstream,
  { route, target }: Choice,
  request: Request,
  response: Response,
): Promise<void> {
  // It disconnected during authentication; `close` will not be emitted again.
  if (response.closed) return;
  const exchange = startExchange(route.timeoutMs);
  abortOnDisconnect(response, exchange);
  try {
    const answer = await upstream.ask(route, {
      method: request.method,
      target,
      headers: headersFor(request),
      body: requestBody(request, route.bodyLimitKilobytes * 1_024, exchange),
      exchange,
    });
    // Whether or not it has read the body, what is waited for now is its answer.
    exchange.waitForUpstream();
    response.status(answer.status);
    copyHeaders(response, forwardedHeaders(answer.headers));
    await sendBody(answer, response);
  } catch (error) {
    refuse(error, response);
  }
}

/** Turns a failure into the caller's error response, with `Retry-After` if known. */
export function refuse(error: unknown, response: Response): void {
  // The log event of the request shows that the caller disconnected.
  if (error instanceof CallerLeftError) return;
  // A partial response can't be replaced: the caller must see that it was aborted.
  if (response.headersSent) return void response.destroy();
  if (error instanceof HttpError && [408, 413].includes(error.statusCode)) {
    // Otherwise the rest of the body would have to be read.
    response.setHeader('connection', 'close');
  }
  if (!(error instanceof UpstreamError)) throw error;
  if (error.retryAfter !== undefined) response.setHeader('retry-after', error.retryAfter);
  // The response does not reveal the cause.
  throw new HttpError(error.statusCode, error.message, {
    code: `upstream_${error.reason}`,
    cause: error,
  });
}

function abortOnDisconnect(response: Response, exchange: Exchange): void {
  response.once('close', () => {
    exchange.end();
    if (!response.writableFinished) exchange.abort(new CallerLeftError());
  });
}

async function sendBody({ body }: globalThis.Response, response: Response): Promise<void> {
  if (body === null) return void response.end();
  // Not as a Node stream: that would exceed Node's limit of listeners.
  await pipeline(body, response);
}
