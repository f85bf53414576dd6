import type { RequestHandler } from 'express';

// Nothing but our own files runs, and nothing comes from elsewhere, whatever an alert may say.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  // The form of a silence.
  "form-action 'self'",
  "frame-ancestors 'none'",
  // No text becomes markup in a script, but for our own pages through the one policy of that name.
  "require-trusted-types-for 'script'",
  'trusted-types inbox-pages',
].join('; ');

/** Sets the headers that keep a browser from doing more than showing the page. */
export function securityHeaders(): RequestHandler {
  return (_, response, next) => {
    response.set({
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      // Runbooks and dashboards need not know which alert led to them.
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    next();
  };
}
