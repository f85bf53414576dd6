import type { Response as CallerResponse } from 'express';
import { isHopByHop } from './request-headers.ts';

const dropped = new Set([
  // `fetch` has undone the encoding, so neither is true any more.
  'content-encoding',
  // What the upstream runs on is nobody's business.
  ...['server', 'x-powered-by'],
  // The gateway has said these already, and means them for every answer.
  ...['x-request-id', 'x-correlation-id', 'date', 'strict-transport-security'],
]);

/** The headers of an upstream's answer that callers get, in their order; `set-cookie` may repeat. */
export function passedOn(headers: Headers): [name: string, value: string][] {
  const isEncoded = headers.has('content-encoding');
  return [...headers].filter(
    ([name]) =>
      !dropped.has(name) && !isHopByHop(name) && !(isEncoded && name === 'content-length'),
  );
}

/** Gives a caller the headers of an upstream's answer. */
export function setAll(
  response: CallerResponse,
  headers: readonly (readonly [string, string])[],
): void {
  for (const [name, value] of headers) {
    if (name === 'vary') response.vary(value);
    else if (name === 'set-cookie') response.append(name, value);
    else response.setHeader(name, value);
  }
}
