import { HttpError, setRequestUser } from '@watchkeeper/telemetry';
import type { RequestHandler, Response } from 'express';
import type { Caller, Role, TokenVerifier } from './token.ts';

/**
 * Middleware that answers 401 without a valid `Authorization: Bearer` token. It provides the caller to
 * `callerOf` and to every log line of the request.
 * @param isActive whether the session is live; without it a valid token is enough
 */
export function authenticate(
  tokens: TokenVerifier,
  isActive: (caller: Caller) => Promise<boolean> | boolean = () => true,
): RequestHandler {
  return async (request, response, next) => {
    const caller = await tokens.verify(bearerToken(request.headers.authorization));
    if (!(await isActive(caller))) {
      throw new HttpError(401, 'The session has ended. Log in.', { code: 'session_revoked' });
    }
    response.locals.caller = caller;
    setRequestUser(caller.userId);
    next();
  };
}

/** @throws HttpError 401 if the `Authorization` header has no token */
export function bearerToken(header: string | undefined): string {
  const token = /^Bearer (\S{1,4096})$/i.exec(header ?? '')?.[1];
  if (token !== undefined) return token;
  throw new HttpError(401, 'Expected the header `Authorization: Bearer <access token>`.', {
    code: 'token_missing',
  });
}

/** @throws Error on a route without `authenticate` */
export function callerOf(response: Response): Caller {
  const caller: unknown = response.locals.caller;
  if (caller === undefined) throw new Error('Expected `authenticate` in front of this route.');
  return caller as Caller;
}

/** Middleware that answers 403 to callers with none of the roles. */
export function requireRole(...allowed: readonly Role[]): RequestHandler {
  return (_request, response, next) => {
    if (callerOf(response).roles.some((role) => allowed.includes(role))) return next();
    const names = allowed.map((role) => `\`${role}\``).join(' or ');
    throw new HttpError(403, `Expected the role ${names}.`, { code: 'role_missing' });
  };
}
