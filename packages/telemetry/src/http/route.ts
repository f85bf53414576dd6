import { type Context, context } from '@opentelemetry/api';
import type { Request, Response } from 'express';
import { listenersInContext } from '../context-listeners.ts';
import { processWide } from '../process-wide.ts';
import { requestKey } from '../request-context.ts';

const unmatchedRoute = 'unmatched';

// The same for every copy of this package in the process: only one of them can observe a prototype.
const template = Symbol.for('watchkeeper.routeTemplate');
const matched = Symbol.for('watchkeeper.route');

interface Observed extends Request {
  [template]?: string | undefined;
  [matched]?: unknown;
}

const observedPrototypes = processWide('observedPrototypes', () => new WeakSet<object>());

/** Prepares the prototypes that an application gives to all of its requests and answers, once. */
export function observe(request: Request, response: Response): void {
  const prototype: Request = Object.getPrototypeOf(request);
  if (observedPrototypes.has(prototype)) return;
  observedPrototypes.add(prototype);
  observeRoutes(prototype);
  for (const original of [prototype, Object.getPrototypeOf(response) as Response]) {
    Object.assign(original, listenersInContext(original, requestScope));
  }
}

/** The context of the request that is being handled. */
function requestScope(): Context | undefined {
  const active = context.active();
  return active.getValue(requestKey) === undefined ? undefined : active;
}

/**
 * Records the route that Express chooses at that moment. Reading `baseUrl` when the answer is sent
 * would be too late: a failed request has left its router by then, and lost its prefix.
 */
function observeRoutes(prototype: Request): void {
  Object.defineProperty(prototype, 'route', {
    configurable: true,
    enumerable: true,
    get(this: Observed) {
      return this[matched];
    },
    set(this: Observed, route: { path?: unknown } | undefined) {
      this[matched] = route;
      this[template] = joinTemplate(this.baseUrl, route?.path);
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

/** The path without its query string, which may hold secrets. */
export function requestPath({ originalUrl }: Request): string {
  const end = originalUrl.indexOf('?');
  return end === -1 ? originalUrl : originalUrl.slice(0, end);
}

/** A pattern stands for itself, and a list for all of its paths: Express does not tell which matched. */
function joinTemplate(baseUrl: string, path: unknown): string | undefined {
  if (Array.isArray(path)) {
    const templates = path.flat().map((each) => joinTemplate(baseUrl, each));
    return templates.includes(undefined) ? undefined : templates.join(',');
  }
  if (path instanceof RegExp) return `${baseUrl}${path}`;
  if (typeof path !== 'string') return undefined;
  const joined = path === '/' ? baseUrl : baseUrl + path;
  return joined === '' ? '/' : joined;
}
