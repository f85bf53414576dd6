import type { RequestHandler, Response } from 'express';
import type { Route } from './schema.ts';
import type { RouteTable } from './table.ts';
import { readTarget, type Target } from './target.ts';

export interface Choice {
  readonly route: Route;
  readonly target: Target;
}

const choices = new WeakMap<Response, Choice>();

/** Runs early, so that limits know the route and refusals are counted under its template. */
export function chooseRoute(table: RouteTable): RequestHandler {
  return (request, response, next) => {
    const target = readTarget(request.originalUrl);
    const route = target && table.find(request.method, target.path);
    if (target !== undefined && route !== undefined) {
      choices.set(response, { route, target });
      // The request metrics read the route from this property of Express.
      request.route = { path: route.path };
    }
    next();
  };
}

/** The route that `chooseRoute` found; undefined for an unknown path. */
export function chosen(response: Response): Choice | undefined {
  return choices.get(response);
}

export function chooseTarget(response: Response, choice: Choice): void {
  choices.set(response, choice);
}
