import { withTransaction } from '@watchkeeper/galley';
import { HttpError } from '@watchkeeper/telemetry';
import type { ClientBase } from 'pg';
import type { Context } from '../context.ts';
import { grantKnown, type KnownNumbers, roleOf } from '../staff/known-numbers.ts';
import type { PhoneLocator } from './location.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { createRefusals } from './refusals.ts';
import type { Confirmation, RegistrationStore } from './registration-store.ts';
import type { Registration } from './schema.ts';
import type { Sessions, SignInOrigin, TokenAnswer } from './sessions.ts';
import type { TakeText } from './text-budget.ts';
import type { TextMessages } from './text-messages.ts';
import { findById, findByPhone, insertAccount } from './user-store.ts';

interface RegistrationDependencies extends Context {
  readonly hasher: PasswordHasher;
  readonly store: RegistrationStore;
  readonly takeText: TakeText;
  readonly messages: TextMessages;
  readonly locate: PhoneLocator;
  readonly sessions: Sessions;
  readonly knownNumbers: KnownNumbers;
}

const takenText =
  'This number already has an account with Galley: log in. If you did not just register, ignore this.';
const codeText = (code: string) => `Your code for Galley, valid for five minutes: ${code}`;

export function createRegistrations(dependencies: RegistrationDependencies) {
  const { pool, telemetry, hasher, store, messages } = dependencies;
  const refusals = createRefusals(telemetry);
  const budget = createBudget(dependencies);

  return {
    /**
     * Sends a code. The response is the same for a number with an account, whose owner gets a text
     * that says so: it does not reveal which numbers are registered.
     * @throws HttpError 429 after too many texts to the number, or from the address
     */
    async register({ phone, password, displayName }: Registration, address: string | undefined) {
      const passwordHash = await hasher.hash(password);
      const { isTaken, stored } = await withTransaction(pool, async (client) => {
        await budget(client, phone, address);
        const isTaken = (await findByPhone(client, phone)) !== undefined;
        const account = { phone, passwordHash, displayName };
        return { isTaken, stored: await store.put(client, account, isTaken) };
      });
      messages.send(phone, isTaken ? takenText : codeText(stored.code));
      return { registrationId: stored.registrationId, codeExpiresAt: stored.expiresAt };
    },
    /**
     * Sends another code to whoever has the registration's id.
     * @throws HttpError 429 as `register`
     */
    async resendCode(phone: string, registrationId: string, address: string | undefined) {
      const code = await withTransaction(pool, async (client) => {
        const code = await store.renew(client, phone, registrationId);
        if (code !== undefined) await budget(client, phone, address);
        return code;
      });
      if (code !== undefined) messages.send(phone, codeText(code));
    },
    /** @throws HttpError 401 if the id or the code is wrong, expired, used or unknown */
    async verify(confirmation: Confirmation, origin: SignInOrigin): Promise<TokenAnswer> {
      const isRight = await store.try(confirmation);
      const answer = isRight ? await admit(dependencies, confirmation, origin) : undefined;
      if (answer) return answer;
      refusals.record('wrong_code');
      throw new HttpError(401, 'The code is wrong or expired. Register again.', {
        code: 'code_wrong',
      });
    },
  };
}

/** Returns the function that throws, and so rolls back, if a budget of texts is used up. */
function createBudget({ telemetry, takeText }: RegistrationDependencies) {
  const rejections = telemetry.metrics.counter('rate_limit_rejections_total');
  const limiters = { number: 'one_time_codes', address: 'texts_per_address' } as const;
  return async (client: ClientBase, phone: string, address: string | undefined): Promise<void> => {
    const taken = await takeText(client, phone, address);
    if (taken === 'taken') return;
    rejections.increment({ limiter: limiters[taken] });
    throw new HttpError(429, 'Too many codes were requested. Try again later.', {
      code: 'codes_exhausted',
      details: { limiter: limiters[taken] },
    });
  };
}

/** Undefined if another request used the code, or the number, first. */
async function admit(
  { pool, store, publish, sessions, telemetry, locate, knownNumbers }: RegistrationDependencies,
  confirmation: Confirmation,
  origin: SignInOrigin,
): Promise<TokenAnswer | undefined> {
  const location = await locate(confirmation.phone);
  const admitted = await withTransaction(pool, async (client) => {
    const pending = await store.take(client, confirmation);
    const role = roleOf(knownNumbers, confirmation.phone);
    const userId = pending && (await insertAccount(client, { ...pending, role, location }));
    const account = userId === undefined ? undefined : await findById(client, userId);
    if (userId === undefined || account === undefined) return undefined;
    if (role !== 'customer') await grantKnown(client, knownNumbers);
    const payload = { userId, role: account.role };
    await publish(client, { type: 'user.registered', aggregateId: userId, payload });
    return { account, answer: await sessions.open(client, account, origin) };
  });
  if (admitted === undefined) return undefined;
  const { account, answer } = admitted;
  const fields = { user_id: account.id, role: account.role, country: location.country };
  telemetry.logger.info({ event: 'auth_register_completed', ...fields }, 'user registered');
  return answer;
}
