import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { HttpError } from './http-error.ts';

/**
 * Host names beside those that are always accepted; `any` for a server of the public, which may have any
 * name and whose callers' pages are of other sites.
 */
export type AllowedHosts = readonly string[] | 'any';

// No userinfo, no path, no escapes: a name or an address, and its port.
const hostHeader = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;
const safeMethods = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/**
 * Why a request must not be answered: no single valid `Host` (400), a host that is not ours (421), or a
 * request with an effect that a page of another site sent (403). Undefined where it may.
 */
export function denialOf(request: IncomingMessage, hosts: AllowedHosts): HttpError | undefined {
  const sent = request.rawHeaders.filter((text, index) => index % 2 === 0 && isHostName(text));
  const [, name, port = 0] = hostHeader.exec(request.headers.host ?? '') ?? [];
  // Source: RFC 9112, section 3.2: more than one, or an invalid one, is answered with 400.
  if (sent.length !== 1 || name === undefined || Number(port) > 65_535) {
    return new HttpError(400, 'Expected one valid `Host` header.', { code: 'host_invalid' });
  }
  if (hosts !== 'any' && !isOwnHost(name.toLowerCase(), hosts)) {
    const cure = 'Add it to `ALLOWED_HOSTS`, if it is a name of this server.';
    const message = `Expected a host of this server, got \`${name.slice(0, 100)}\`. ${cure}`;
    return new HttpError(421, message, { code: 'host_foreign' });
  }
  if (hosts === 'any' || safeMethods.includes(request.method ?? '') || isOwnPage(request))
    return undefined;
  return crossSite();
}

function isHostName(header: string): boolean {
  return header.toLowerCase() === 'host';
}

/**
 * An attacker can point a name of theirs at this machine, and is then "same origin" for a browser. Nobody
 * can do so with an address, nor from the Internet with a name without a dot.
 */
function isOwnHost(name: string, hosts: readonly string[]): boolean {
  if (isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || !name.includes('.')) return true;
  return name === 'host.docker.internal' || hosts.some((host) => host.toLowerCase() === name);
}

/** Only a browser sends these headers, and with each request that has an effect. */
function isOwnPage({ headers }: IncomingMessage): boolean {
  if (isForeignSite(headers)) return false;
  const { origin, host } = headers;
  if (origin === undefined) return true;
  // A page under `Referrer-Policy: no-referrer` hides its origin also from its own server; for that of
  // a sandboxed frame, `null` as well, a browser says `cross-site`.
  if (origin === 'null') return headers['sec-fetch-site'] === 'same-origin';
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

function isForeignSite(headers: IncomingMessage['headers']): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function crossSite(): HttpError {
  return new HttpError(403, 'Expected a request of this server’s own pages.', {
    code: 'cross_site',
  });
}

/** Refuses what `denialOf` finds. Use it before every route. */
export function requestGuard(hosts: AllowedHosts): RequestHandler {
  return (request, _, next) => next(denialOf(request, hosts));
}

/** Refuses other sites' pages, also to read: for routes that cost something. */
export function ownPagesOnly(): RequestHandler {
  // Older browsers say no more than the origin.
  return (request, _, next) => next(isOwnPage(request) ? undefined : crossSite());
}
