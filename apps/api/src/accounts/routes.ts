import { callerOf, idOf, notFound, validate } from '@watchkeeper/galley';
import { type Request, Router } from 'express';
import type { RouteContext } from '../context.ts';
import type { Accounts } from './accounts.ts';
import { listLogins } from './login-history.ts';
import {
  codeRequest,
  login,
  loginsQuery,
  passwordChange,
  refresh,
  registration,
  verification,
} from './schema.ts';
import { listSessions } from './session-store.ts';
import type { SignInOrigin } from './sessions.ts';

/** `/api/v1/auth`. */
export function accountRoutes(context: RouteContext, accounts: Accounts): Router {
  const router = Router();
  addSignInRoutes(router, context, accounts);
  addSessionRoutes(router, context, accounts);
  return router;
}

/** Registration and login, without a token. */
function addSignInRoutes(router: Router, { gate }: RouteContext, accounts: Accounts): void {
  const { registrations, logins, sessions } = accounts;
  router.post('/register', gate, async (request, response) => {
    const wanted = validate(registration, request.body, 'body');
    response.status(201).json(await registrations.register(wanted, request.ip));
  });
  router.post('/otp', gate, async (request, response) => {
    const { phone, registrationId } = validate(codeRequest, request.body, 'body');
    await registrations.resendCode(phone, registrationId, request.ip);
    // The same to everybody, so that it does not reveal which numbers are registered.
    response.status(202).json({});
  });
  router.post('/verify', gate, async (request, response) => {
    const { phone, registrationId, code, ...device } = validate(verification, request.body, 'body');
    const confirmation = { phone, registrationId, code };
    response.json(await registrations.verify(confirmation, originOf(request, device)));
  });
  router.post('/login', gate, async (request, response) => {
    const { phone, password, ...device } = validate(login, request.body, 'body');
    response.json(await logins.login(phone, password, originOf(request, device)));
  });
  router.post('/refresh', gate, async (request, response) => {
    const { refreshToken } = validate(refresh, request.body, 'body');
    response.json(await sessions.refresh(refreshToken));
  });
}

function originOf(request: Request, device: SignInOrigin): SignInOrigin {
  return { ...device, address: request.ip };
}

function addSessionRoutes(
  router: Router,
  { pool, signedIn }: RouteContext,
  { logins, sessions }: Accounts,
): void {
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
    const id = idOf(request);
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
    const { userId, sessionId, deviceId } = callerOf(response);
    const origin = originOf(request, { deviceId });
    await logins.changePassword({ userId, sessionId }, passwords, origin);
    response.status(204).end();
  });
}
