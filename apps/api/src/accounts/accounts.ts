import type { KeyObject } from 'node:crypto';
import type { TokenSigner } from '@watchkeeper/galley';
import type { Context } from '../context.ts';
import type { AccountsConfiguration } from './config.ts';
import { createPhoneLocator } from './location.ts';
import { createLogins } from './login.ts';
import { createLoginAttempts } from './login-attempts.ts';
import { createPasswordHasher } from './password-hasher.ts';
import { createRegistrations } from './registration.ts';
import { createRegistrationStore } from './registration-store.ts';
import type { SessionCheck } from './session-check.ts';
import { createSessions } from './sessions.ts';
import { createTextBudget } from './text-budget.ts';
import { createTextMessages } from './text-messages.ts';

interface AccountsOptions extends AccountsConfiguration {
  readonly tokens: TokenSigner;
  readonly check: SessionCheck;
  readonly signingKey: KeyObject;
}

export type Accounts = ReturnType<typeof createAccounts>;

/** Creates the services behind the account routes. */
export function createAccounts(context: Context, options: AccountsOptions) {
  const { pool, telemetry } = context;
  const { tokens, check, sessionLimits } = options;
  const sessions = createSessions({ pool, tokens, check, telemetry, limits: sessionLimits });
  const hasher = createPasswordHasher(options.hashing, telemetry);
  const messages = createTextMessages(options.sms, telemetry);
  telemetry.shutdown.on('drain', 'text messages', messages.settle);
  const store = createRegistrationStore(pool, options.signingKey);
  const takeText = createTextBudget(options.sms.textsPerAddress);
  const locate = createPhoneLocator(telemetry);
  const registrations = createRegistrations({
    ...context,
    ...{ hasher, store, takeText, messages, locate, sessions },
    knownNumbers: options.knownNumbers,
  });
  const attempts = createLoginAttempts(pool, options.lockout);
  const logins = createLogins({ pool, telemetry, hasher, attempts, sessions });
  return { registrations, logins, sessions };
}
