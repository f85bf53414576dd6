import type { RequestHandler } from 'express';
import helmet from 'helmet';

const yearSeconds = 31_536_000;

/**
 * The security headers of every answer, refusals included, and no caching unless a route says so.
 * `X-XSS-Protection` is 0: the filter that it switches on has holes of its own, and browsers that
 * have it are no more. Source: https://helmetjs.github.io/#x-xss-protection
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
