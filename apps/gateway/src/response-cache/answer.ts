import type { Response as CallerResponse } from 'express';
import type { Exchange } from '../upstream/exchange.ts';
import { UpstreamError } from '../upstream/failures.ts';
import { copyHeaders, forwardedHeaders } from '../upstream/response-headers.ts';

/** A complete response that several callers may get. */
export interface SharedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly receivedAtMs: number;
}

export type AnswerSource = 'hit' | 'miss' | 'in_flight' | 'stale';

/** The response is too large to share; each caller has to fetch it. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

// Pages of the catalogue are some kilobytes; larger responses are not meant to be shared.
const maxAnswerBytes = 1_048_576;

/**
 * @throws AnswerTooLargeError past a mebibyte
 * @throws UpstreamError if the upstream aborts its response
 */
export async function readAnswer(
  answer: Response,
  exchange: Exchange,
  now: () => number,
): Promise<SharedAnswer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) throw new AnswerTooLargeError();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AnswerTooLargeError) throw error;
    if (exchange.signal.aborted) throw exchange.signal.reason;
    throw new UpstreamError('network', 'The upstream aborted its response.', { cause: error });
  }
  return {
    status: answer.status,
    headers: forwardedHeaders(answer.headers),
    body: Buffer.concat(chunks),
    receivedAtMs: now(),
  };
}

/** Sends the response with its age; Express adds the entity tag and the 304. */
export function sendAnswer(
  response: CallerResponse,
  { status, headers, body, receivedAtMs }: SharedAnswer,
  { source, cacheSeconds, now }: { source: AnswerSource; cacheSeconds: number; now: () => number },
): void {
  const ageSeconds = Math.max(Math.floor((now() - receivedAtMs) / 1_000), 0);
  response.status(status);
  copyHeaders(response, headers);
  response.removeHeader('content-length');
  response.setHeader('x-cache', source);
  if (source === 'hit' || source === 'stale') response.setHeader('age', ageSeconds);
  const isFresh = status === 200 && source !== 'stale';
  if (isFresh && !headers.some(([name]) => name === 'cache-control')) {
    response.setHeader('cache-control', `public, max-age=${cacheSeconds}`);
  }
  if (body.length === 0) response.end();
  else response.send(body);
}
