import { withTransaction } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError } from '@watchkeeper/telemetry';
import type { Context } from '../context.ts';
import type { PhoneLocator } from './location.ts';
import type { OneTimeCodes } from './one-time-codes.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { createRefusals } from './refusals.ts';
import type { Registration } from './schema.ts';
import type { Sessions, SignInOrigin, TokenAnswer } from './sessions.ts';
import type { TextMessages } from './text-messages.ts';
import { findByPhone, insertAccount, markVerified } from './user-store.ts';

interface RegistrationDependencies extends Context {
  readonly hasher: PasswordHasher;
  readonly codes: OneTimeCodes;
  readonly messages: TextMessages;
  readonly locate: PhoneLocator;
  readonly sessions: Sessions;
}

export function createRegistrations(dependencies: RegistrationDependencies) {
  const { pool, telemetry, hasher, codes, messages, locate } = dependencies;
  const refusals = createRefusals(telemetry);
  const rejections = telemetry.metrics.counter('rate_limit_rejections_total');
  const countRejection = () => rejections.increment({ limiter: 'one_time_codes' });
  const sendCode = (phone: string, code: string) =>
    messages.send(phone, `Your code for Galley, valid for five minutes: ${code}`);

  return {
    /** @throws BusinessRuleError if the number is taken, HttpError 429 after too many codes */
    async register({ phone, password, displayName, role }: Registration) {
      const [passwordHash, location] = await Promise.all([hasher.hash(password), locate(phone)]);
      const { userId, issued } = await withTransaction(pool, async (client) => {
        const account = { phone, passwordHash, displayName, role, location };
        const userId = await insertAccount(client, account);
        if (userId === undefined) {
          const message =
            'The number is registered or not yet verified. Log in, or request another code.';
          throw new BusinessRuleError('PHONE_TAKEN', message);
        }
        const issued = await codes.issue(client, userId);
        if (issued !== undefined) return { userId, issued };
        countRejection();
        // Rolls back, so that the password of a recent registration stays.
        throw new HttpError(429, 'Too many codes were requested. Try again later.', {
          code: 'codes_exhausted',
        });
      });
      sendCode(phone, issued.code);
      return { userId, codeExpiresAt: issued.expiresAt };
    },
    /** Sends another code if the number is registered but not verified. */
    async resendCode(phone: string): Promise<void> {
      const account = await findByPhone(pool, phone);
      if (account === undefined || account.isVerified) return;
      const issued = await codes.issue(pool, account.id);
      if (issued === undefined) countRejection();
      else sendCode(phone, issued.code);
    },
    /** @throws HttpError 401 if the code is wrong, expired, used or unknown */
    async verify(phone: string, code: string, origin: SignInOrigin): Promise<TokenAnswer> {
      const userId = await codes.try(phone, code);
      const answer = userId && (await admit(dependencies, { phone, userId, code, origin }));
      if (answer) return answer;
      refusals.record('wrong_code');
      throw new HttpError(401, 'The code is wrong or expired. Request a new one.', {
        code: 'code_wrong',
      });
    },
  };
}

/** Undefined if another request used the code first. */
async function admit(
  { pool, codes, publish, sessions, telemetry, locate }: RegistrationDependencies,
  request: { phone: string; userId: string; code: string; origin: SignInOrigin },
): Promise<TokenAnswer | undefined> {
  const { phone, userId, code, origin } = request;
  const { country } = await locate(phone);
  const admitted = await withTransaction(pool, async (client) => {
    if (!(await codes.consume(client, userId, code))) return undefined;
    await markVerified(client, userId);
    const account = await findByPhone(client, phone);
    if (account === undefined) return undefined;
    const payload = { userId, role: account.role };
    await publish(client, { type: 'user.registered', aggregateId: userId, payload });
    return { account, answer: await sessions.open(client, account, origin) };
  });
  if (admitted === undefined) return undefined;
  const fields = { user_id: userId, role: admitted.account.role, country };
  telemetry.logger.info({ event: 'auth_register_completed', ...fields }, 'user registered');
  return admitted.answer;
}
