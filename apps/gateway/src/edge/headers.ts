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
