import type { RequestHandler } from 'express';

// Only our own files run or load, whatever text an alert has.
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
  // No script turns text into markup, except for our own pages by this policy.
  "require-trusted-types-for 'script'",
  'trusted-types inbox-pages',
].join('; ');

/** Sets the headers that restrict browsers to showing the page. */
export function securityHeaders(): RequestHandler {
  return (_, response, next) => {
    response.set({
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      // Runbooks and dashboards elsewhere need not know the alert; with `no-referrer` our own forms would
      // hide their origin, by which the server knows them.
      'referrer-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    next();
  };
}
