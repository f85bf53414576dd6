import type { IncomingMessage } from 'node:http';
import { HttpError } from '@watchkeeper/telemetry';
import type { Exchange } from './exchange.ts';
import { CallerLeftError } from './failures.ts';

// They have a meaning only where a body is expected, and `fetch` refuses one with them.
const bodiless = new Set(['GET', 'HEAD']);

/**
 * The body of a request as it arrives, or nothing where it has none.
 * @throws HttpError 413 at once when more is announced than the route takes
 */
export function bodyOf(
  request: IncomingMessage,
  limitBytes: number,
  exchange: Exchange,
): AsyncIterable<Uint8Array> | undefined {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  const isEmpty = encoding === undefined && Number(length ?? 0) === 0;
  if (Number(length ?? 0) > limitBytes) throw tooLarge(limitBytes);
  if (isEmpty || bodiless.has(request.method ?? '')) return undefined;
  return limited(request, limitBytes, exchange);
}

async function* limited(
  request: IncomingMessage,
  limitBytes: number,
  exchange: Exchange,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    // Destroying the request would take the connection along, and with it our answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > limitBytes) throw tooLarge(limitBytes);
      yield chunk;
    }
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
