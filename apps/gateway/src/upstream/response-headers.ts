import type { Response as CallerResponse } from 'express';
import { isHopByHop } from './request-headers.ts';

const dropped = new Set([
  // `fetch` has decoded the body.
  'content-encoding',
  // They reveal the upstream's software.
  ...['server', 'x-powered-by'],
  // Set by the gateway on every response.
  ...['x-request-id', 'x-correlation-id', 'date', 'strict-transport-security'],
]);

/** The upstream's response headers for the caller; `set-cookie` may repeat. */
export function forwardedHeaders(headers: Headers): [name: string, value: string][] {
  const isEncoded = headers.has('content-encoding');
  return [...headers].filter(
    ([name]) =>
      !dropped.has(name) && !isHopByHop(name) && !(isEncoded && name === 'content-length'),
  );
}

export function copyHeaders(
  response: CallerResponse,
  headers: readonly (readonly [string, string])[],
): void {
  for (const [name, value] of headers) {
    if (name === 'vary') response.vary(value);
    else if (name === 'set-cookie') response.append(name, value);
    else response.setHeader(name, value);
  }
}
