import { type Caller, callerOf } from '@watchkeeper/galley';
import type { RequestHandler, Response } from 'express';
import type { Pool } from 'pg';
import { restaurantsOf } from './store.ts';

/** A caller and the restaurants that they work at. */
export interface Viewer extends Caller {
  readonly restaurantIds: ReadonlySet<string>;
}

/**
 * Middleware behind `authenticate` that provides the caller's restaurants to `viewerOf`. Read for each
 * request of the staff, so that a revoked grant ends at once.
 */
export function loadRestaurants(pool: Pool): RequestHandler {
  return async (_request, response, next) => {
    const { userId, roles } = callerOf(response);
    const ids = roles.includes('restaurant') ? await restaurantsOf(pool, userId) : [];
    response.locals.restaurantIds = new Set(ids);
    next();
  };
}

/** @throws Error on a route without `loadRestaurants` */
export function viewerOf(response: Response): Viewer {
  const { restaurantIds } = response.locals;
  if (restaurantIds === undefined) throw new Error('Expected `loadRestaurants` before this route.');
  return { ...callerOf(response), restaurantIds };
}
