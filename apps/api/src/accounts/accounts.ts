import type { Tokens } from '@watchkeeper/galley';
import type { Context } from '../context.ts';
import type { AccountsConfiguration } from './config.ts';
import { createPhoneLocator } from './location.ts';
import { createLogins } from './login.ts';
import { createLoginAttempts } from './login-attempts.ts';
import { createOneTimeCodes } from './one-time-codes.ts';
import { createPasswordHasher } from './password-hasher.ts';
import { createRegistrations } from './registration.ts';
import type { SessionCheck } from './session-check.ts';
import { createSessions } from './sessions.ts';
import { createTextMessages } from './text-messages.ts';

interface AccountsOptions extends AccountsConfiguration {
  readonly tokens: Tokens;
  readonly check: SessionCheck;
  readonly tokenSecret: Uint8Array;
}

export type Accounts = ReturnType<typeof createAccounts>;

/** Creates the services behind the account routes. */
export function createAccounts(context: Context, options: AccountsOptions) {
  const { pool, telemetry } = context;
  const { tokens, check, maxSessions } = options;
  const sessions = createSessions({ pool, tokens, check, telemetry, maxSessions });
  const hasher = createPasswordHasher(options.hashing, telemetry);
  const messages = createTextMessages(options.sms, telemetry);
  telemetry.shutdown.on('drain', 'text messages', messages.settle);
  const codes = createOneTimeCodes(pool, options.tokenSecret);
  const locate = createPhoneLocator(telemetry);
  const registrations = createRegistrations({
    ...context,
    ...{ hasher, codes, messages, locate, sessions },
  });
  const attempts = createLoginAttempts(pool, options.lockout);
  const logins = createLogins({ pool, telemetry, hasher, attempts, sessions });
  return { registrations, logins, sessions };
}
