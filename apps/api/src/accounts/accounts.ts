import { authenticate, type Tokens } from '@watchkeeper/galley';
import { type RequestHandler, Router } from 'express';
import type { Context } from '../context.ts';
import type { AccountsConfiguration } from './config.ts';
import { createPhoneLocator } from './location.ts';
import { createLogins } from './login.ts';
import { createLoginAttempts } from './login-attempts.ts';
import { createOneTimeCodes } from './one-time-codes.ts';
import { createPasswordHasher } from './password-hasher.ts';
import { createRegistrations } from './registration.ts';
import { authRoutes } from './routes.ts';
import { createSessionCheck } from './session-check.ts';
import { sessionRoutes } from './session-routes.ts';
import { createSessions } from './sessions.ts';
import { createTextMessages } from './text-messages.ts';

interface AccountsDependencies extends Context {
  readonly tokens: Tokens;
  readonly configuration: AccountsConfiguration & { readonly tokenSecret: Uint8Array };
  readonly gate: RequestHandler;
}

/** @returns `/api/v1/auth`, and the guard of every module's routes, which requires a live session */
export function createAccounts(dependencies: AccountsDependencies) {
  const { pool, telemetry, tokens, publish, configuration, gate } = dependencies;
  const check = createSessionCheck(pool, telemetry);
  const signedIn = authenticate(tokens, { isActive: check.isActive });
  const { maxSessions } = configuration;
  const sessions = createSessions({ pool, tokens, check, telemetry, maxSessions });
  const hasher = createPasswordHasher(configuration.hashing, telemetry);
  const messages = createTextMessages(configuration.sms, telemetry);
  telemetry.shutdown.on('drain', 'text messages', messages.settle);
  const codes = createOneTimeCodes(pool, configuration.tokenSecret);
  const locate = createPhoneLocator(telemetry);
  const registrations = createRegistrations({
    ...{ pool, telemetry, publish, hasher, codes, messages, locate, sessions },
  });
  const attempts = createLoginAttempts(pool, configuration.lockout);
  const logins = createLogins({ pool, telemetry, hasher, attempts, sessions });
  const routes = Router();
  routes.use(authRoutes({ registrations, logins, sessions, gate }));
  routes.use(sessionRoutes({ pool, logins, sessions, signedIn: [signedIn, gate] }));
  return { routes, signedIn };
}
