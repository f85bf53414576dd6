import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { HttpError } from '@watchkeeper/telemetry';
import type { Exchange } from './exchange.ts';
import { CallerLeftError } from './failures.ts';

// `fetch` refuses a body with these methods.
const bodiless = new Set(['GET', 'HEAD']);

/**
 * Streams the body; undefined if there is none.
 * @throws HttpError 413 at once if `Content-Length` exceeds the limit
 */
export function requestBody(request: IncomingMessage, limitBytes: number, exchange: Exchange) {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  const isEmpty = encoding === undefined && Number(length ?? 0) === 0;
  if (Number(length ?? 0) > limitBytes) throw tooLarge(limitBytes);
  if (isEmpty || bodiless.has(request.method ?? '')) return undefined;
  return limited(request, limitBytes, exchange);
}

/**
 * Waits for the whole body.
 * @throws the reason for which the exchange was aborted, such as a caller that is too slow
 */
export async function receivedBody(body: AsyncIterable<Uint8Array>, { signal }: Exchange) {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return await Promise.race([buffer(body), aborted]);
}

async function* limited(
  request: IncomingMessage,
  limitBytes: number,
  exchange: Exchange,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    // Destroying the request would close the connection before our response.
    exchange.waitForCaller();
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > limitBytes) throw tooLarge(limitBytes);
      exchange.waitForUpstream();
      yield chunk;
      exchange.waitForCaller();
    }
    exchange.waitForUpstream();
  } catch (error) {
    const reason = error instanceof HttpError ? error : new CallerLeftError({ cause: error });
    exchange.abort(reason);
    throw reason;
  }
}

function tooLarge(limitBytes: number): HttpError {
  return new HttpError(413, `Expected a body of at most ${limitBytes} bytes.`, {
    code: 'body_too_large',
  });
}
