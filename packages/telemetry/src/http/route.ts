import type { Request } from 'express';

/** What `route` says where no route matched. */
export const unmatchedRoute = 'unmatched';

const template = Symbol('watchkeeper.routeTemplate');
const matched = Symbol('watchkeeper.route');

interface Observed extends Request {
  [template]?: string | undefined;
  [matched]?: unknown;
}

const observedPrototypes = new WeakSet<object>();

/**
 * Has Express say which route it chose, at the moment it does. Reading `baseUrl` when the answer is
 * sent would be too late: a request that fails has left its router by then, and lost its prefix.
 */
export function observeRoutes(request: Request): void {
  const prototype: object = Object.getPrototypeOf(request);
  if (observedPrototypes.has(prototype)) return;
  observedPrototypes.add(prototype);
  Object.defineProperty(prototype, 'route', {
    configurable: true,
    enumerable: true,
    get(this: Observed) {
      return this[matched];
    },
    set(this: Observed, route: { path?: unknown } | undefined) {
      this[matched] = route;
      this[template] = templateOf(this.baseUrl, route?.path);
    },
  });
}

/**
 * The route template of a request, such as `/api/v1/orders/:id`.
 * Mount routers under fixed paths: Express keeps a router's own parameters only as values, so those
 * would stand in the template, up to the bound of the `route` label.
 */
export function routeTemplate(request: Request): string {
  return (request as Observed)[template] ?? unmatchedRoute;
}

function templateOf(baseUrl: string, path: unknown): string | undefined {
  if (typeof path !== 'string') return undefined;
  const joined = path === '/' ? baseUrl : baseUrl + path;
  return joined === '' ? '/' : joined;
}
