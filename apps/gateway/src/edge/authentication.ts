import { authenticate, type TokenVerifier } from '@watchkeeper/galley';
import type { RequestHandler } from 'express';
import { chooseTarget, chosen } from '../routing/choice.ts';

/** Requires a token where the route does; an unknown path gets its 404 without one. */
export function authenticateRoute(tokens: TokenVerifier): RequestHandler {
  const check = authenticate(tokens);
  return (request, response, next) => {
    if (chosen(response)?.route.auth !== 'token') return next();
    return check(request, response, next);
  };
}

/**
 * Moves the token of a WebSocket from `?access_token=`, because browsers can't set its headers, to
 * `Authorization`, so that it appears in no logged URL.
 */
export function moveQueryToken(): RequestHandler {
  return (request, response, next) => {
    const choice = chosen(response);
    if (choice?.route.websocket) {
      const query = new URLSearchParams(choice.target.search);
      const token = query.get('access_token');
      query.delete('access_token');
      const search = query.size > 0 ? `?${query}` : '';
      chooseTarget(response, { ...choice, target: { ...choice.target, search } });
      if (token !== null) request.headers.authorization ??= `Bearer ${token}`;
    }
    next();
  };
}
