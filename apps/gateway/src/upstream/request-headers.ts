import type { Request } from 'express';

// Between two hosts only. Source: RFC 9110, section 7.6.1.
const hopByHop = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
];

const dropped = new Set([
  ...hopByHop,
  // Set for the upstream request.
  ...['host', 'accept-encoding', 'expect', 'x-request-id', 'x-correlation-id'],
  ...['traceparent', 'tracestate', 'baggage'],
  // Set by the gateway: the caller's claims about its origin are not trusted.
  ...['forwarded', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'],
  ...['x-forwarded-port', 'x-forwarded-prefix', 'x-forwarded-server', 'x-original-url'],
]);

/** The only request headers that a shared response may vary by. */
export const sharedHeaders = ['accept', 'accept-language'] as const;

/** The upstream request's headers for one caller. */
export function headersFor(request: Request): Headers {
  const named = namesIn(request.headers.connection);
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || dropped.has(name) || named.has(name)) continue;
    for (const each of [value].flat()) headers.append(name, each);
  }
  if (request.method === 'GET' || request.method === 'HEAD') headers.delete('content-length');
  return addOrigin(headers, request);
}

/** The upstream request's headers for a shared response. */
export function sharedHeadersFor(request: Request): Headers {
  const headers = new Headers();
  for (const name of sharedHeaders) {
    const value = request.headers[name];
    if (value !== undefined) headers.set(name, value);
  }
  return addOrigin(headers, request);
}

function addOrigin(headers: Headers, request: Request): Headers {
  // Responses are cached uncompressed; the gateway compresses them for its callers.
  headers.set('accept-encoding', 'identity');
  // The one address that our own limits count, past as many proxies as are trusted. The services would
  // take a caller of a private network for one more proxy, and a proxy with a public address for the caller.
  headers.set('x-forwarded-for', request.ip ?? 'unknown');
  headers.set('x-forwarded-proto', request.protocol);
  if (request.headers.host !== undefined) headers.set('x-forwarded-host', request.headers.host);
  return headers;
}

/** Headers that `Connection` names are hop-by-hop too. */
function namesIn(connection: string | undefined): Set<string> {
  return new Set((connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
}

export function isHopByHop(name: string): boolean {
  return hopByHop.includes(name);
}
