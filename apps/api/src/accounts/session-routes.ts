import { callerOf, validate } from '@watchkeeper/galley';
import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { identity, notFound } from '../http/resource.ts';
import type { Logins } from './login.ts';
import { listLogins } from './login-history.ts';
import { loginsQuery, passwordChange } from './schema.ts';
import { listSessions } from './session-store.ts';
import type { Sessions } from './sessions.ts';

export interface SessionRouteDependencies {
  readonly pool: Pool;
  readonly logins: Logins;
  readonly sessions: Sessions;
  readonly signedIn: readonly RequestHandler[];
}

/** `/api/v1/auth`: sessions and the password. */
export function sessionRoutes(dependencies: SessionRouteDependencies): Router {
  const { pool, logins, sessions, signedIn } = dependencies;
  const router = Router();
  router.post('/logout', ...signedIn, async (_request, response) => {
    const { userId, sessionId } = callerOf(response);
    await sessions.revoke(userId, { only: sessionId });
    response.status(204).end();
  });
  router.get('/sessions', ...signedIn, async (_request, response) => {
    const { userId, sessionId } = callerOf(response);
    const items = await listSessions(pool, userId);
    response.json({
      items: items.map((session) => ({ ...session, isCurrent: session.id === sessionId })),
    });
  });
  router.delete('/sessions/:id', ...signedIn, async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const ended = await sessions.revoke(callerOf(response).userId, { only: id });
    if (ended === 0) throw notFound('session', id);
    response.status(204).end();
  });
  router.get('/logins', ...signedIn, async (request, response) => {
    const { limit } = validate(loginsQuery, request.query, 'query');
    response.json({ items: await listLogins(pool, callerOf(response).userId, limit) });
  });
  router.put('/password', ...signedIn, async (request, response) => {
    const passwords = validate(passwordChange, request.body, 'body');
    await logins.changePassword(callerOf(response), passwords);
    response.status(204).end();
  });
  return router;
}
