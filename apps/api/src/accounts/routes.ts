import { validate } from '@watchkeeper/galley';
import { type Request, type RequestHandler, Router } from 'express';
import type { Logins } from './login.ts';
import type { Registrations } from './registration.ts';
import { codeRequest, login, refresh, registration, verification } from './schema.ts';
import type { Sessions, SignInOrigin } from './sessions.ts';

export interface AuthDependencies {
  readonly registrations: Registrations;
  readonly logins: Logins;
  readonly sessions: Sessions;
  readonly gate: RequestHandler;
}

/** `/api/v1/auth`: registration and login, without a token. */
export function authRoutes({ registrations, logins, sessions, gate }: AuthDependencies): Router {
  const router = Router();
  router.post('/register', gate, async (request, response) => {
    const wanted = validate(registration, request.body, 'body');
    response.status(201).json(await registrations.register(wanted));
  });
  router.post('/otp', gate, async (request, response) => {
    const { phone } = validate(codeRequest, request.body, 'body');
    await registrations.resendCode(phone);
    // The same to everybody, so that it does not reveal which numbers are registered.
    response.status(202).json({});
  });
  router.post('/verify', gate, async (request, response) => {
    const { phone, code, ...device } = validate(verification, request.body, 'body');
    response.json(await registrations.verify(phone, code, originOf(request, device)));
  });
  router.post('/login', gate, async (request, response) => {
    const { phone, password, ...device } = validate(login, request.body, 'body');
    response.json(await logins.login(phone, password, originOf(request, device)));
  });
  router.post('/refresh', gate, async (request, response) => {
    const { refreshToken } = validate(refresh, request.body, 'body');
    response.json(await sessions.refresh(refreshToken));
  });
  return router;
}

function originOf(request: Request, device: SignInOrigin): SignInOrigin {
  return { ...device, address: request.ip };
}
