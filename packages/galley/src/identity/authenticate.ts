import { HttpError, setRequestUser } from '@watchkeeper/telemetry';
import type { RequestHandler, Response } from 'express';
import type { Caller, Role, Tokens } from './token.ts';

/** What `authenticate` may be told beside the tokens. */
export interface AuthenticateOptions {
  /** Whether the session still counts; absent means that the token alone decides. */
  readonly isActive?: (caller: Caller) => Promise<boolean> | boolean;
}

/**
 * Lets a request pass that carries a good `Authorization: Bearer` token; answers 401 to others.
 * The caller is then had from `callerOf`, and is on every log line of the request.
 */
export function authenticate(
  tokens: Tokens,
  { isActive = () => true }: AuthenticateOptions = {},
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

/**
 * The token of an `Authorization` header.
 * @throws HttpError 401 when there is none
 */
export function bearerToken(header: string | undefined): string {
  const token = /^Bearer (\S{1,4096})$/i.exec(header ?? '')?.[1];
  if (token !== undefined) return token;
  throw new HttpError(401, 'Expected the header `Authorization: Bearer <access token>`.', {
    code: 'token_missing',
  });
}

/**
 * Who is asking, behind `authenticate`.
 * @throws Error where the route forgot to authenticate
 */
export function callerOf(response: Response): Caller {
  const caller: unknown = response.locals.caller;
  if (caller === undefined) throw new Error('Expected `authenticate` in front of this route.');
  return caller as Caller;
}

/** Lets only callers with one of the roles pass; answers 403 to others. */
export function requireRole(...allowed: readonly Role[]): RequestHandler {
  return (_request, response, next) => {
    if (callerOf(response).roles.some((role) => allowed.includes(role))) return next();
    const wanted = allowed.map((role) => `\`${role}\``).join(' or ');
    throw new HttpError(403, `Expected the role ${wanted}.`, { code: 'role_missing' });
  };
}
