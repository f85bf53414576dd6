import type { Logger } from '@watchkeeper/telemetry';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

const yearSeconds = 31_536_000;

/**
 * The security headers of every response, errors included, and no caching unless a route allows it.
 * `X-XSS-Protection` is 0: the filter that it enables has vulnerabilities, and current browsers have
 * removed it. Source: https://helmetjs.github.io/#x-xss-protection
 */
export function securityHeaders(): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'self'"] } },
      frameguard: { action: 'deny' },
      strictTransportSecurity: { maxAge: yearSeconds },
    }),
    (_request, response, next) => {
      response.setHeader('cache-control', 'no-store');
      next();
    },
  ];
}

/** Logs each request on arrival, to find those that never completed. */
export function logArrival(logger: Logger): RequestHandler {
  return (request, _response, next) => {
    // Without the query string, which may contain a token.
    const path = request.originalUrl.split('?', 1)[0];
    const fields = { method: request.method, path };
    logger.debug({ event: 'http_request_received', ...fields }, 'request received');
    next();
  };
}
