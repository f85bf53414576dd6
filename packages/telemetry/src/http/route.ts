import type { Request } from 'express';

/** What `route` says where no route matched. */
export const unmatchedRoute = 'unmatched';

/**
 * The route template of an answered request, such as `/api/v1/orders/:id`.
 * Mount routers under fixed paths: Express keeps a router's parameters only as values, so those
 * would stand in the template, up to the bound of the `route` label.
 */
export function routeTemplate(request: Request): string {
  const path: unknown = request.route?.path;
  if (typeof path !== 'string') return unmatchedRoute;
  const template = path === '/' ? request.baseUrl : request.baseUrl + path;
  return template === '' ? '/' : template;
}
