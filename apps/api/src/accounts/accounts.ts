import { authenticate, type PublishEvent, type Tokens } from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { AccountsConfiguration } from './config.ts';
import { createPhoneLocator } from './location.ts';
import { createLoginDesk } from './login.ts';
import { createLoginAttempts } from './login-attempts.ts';
import { createOneTimeCodes } from './one-time-codes.ts';
import { createPasswordHasher } from './password-hasher.ts';
import { createRegistrationDesk } from './registration.ts';
import { authRoutes } from './routes.ts';
import { createSessionCheck } from './session-check.ts';
import { sessionRoutes } from './session-routes.ts';
import { createSessions } from './sessions.ts';
import { createTextMessages } from './text-messages.ts';

export interface AccountsDependencies {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly tokens: Tokens;
  readonly publish: PublishEvent;
  readonly configuration: AccountsConfiguration & { readonly tokenSecret: Uint8Array };
  readonly gate: RequestHandler;
}

export interface Accounts {
  readonly routes: Router;
  /** Requires a live session; guards the routes of every module. */
  readonly signedIn: RequestHandler;
}

export function createAccounts(dependencies: AccountsDependencies): Accounts {
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
  const desk = createRegistrationDesk({
    ...{ pool, telemetry, publish, hasher, codes, messages, locate, sessions },
  });
  const attempts = createLoginAttempts(pool, configuration.lockout);
  const loginDesk = createLoginDesk({ pool, telemetry, hasher, attempts, sessions });
  const routes = Router();
  routes.use(authRoutes({ desk, loginDesk, sessions, gate }));
  routes.use(sessionRoutes({ pool, loginDesk, sessions, signedIn: [signedIn, gate] }));
  return { routes, signedIn };
}
