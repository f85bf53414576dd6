import {
  createHash,
  createHmac,
  hkdfSync,
  type KeyObject,
  randomBytes,
  randomInt,
} from 'node:crypto';
import { execute, type Queryable, queryRow } from '@watchkeeper/galley';
import type { ClientBase, Pool } from 'pg';

export type RegistrationStore = ReturnType<typeof createRegistrationStore>;

/** What a confirmed registration makes an account of. */
export interface PendingAccount {
  readonly phone: string;
  readonly passwordHash: string;
  readonly displayName: string;
}

/** What the registrant presents: the id from the response, and the code from the text message. */
export interface Confirmation {
  readonly phone: string;
  readonly registrationId: string;
  readonly code: string;
}

const digits = 6;
// Source: the second seed, "Store OTP (TTL: 5min)".
const lifetimeSeconds = 300;
const triesPerCode = 5;

/** Registrations that wait for their code; codes are digests keyed with a key derived from the secret one. */
export function createRegistrationStore(pool: Pool, signingKey: KeyObject) {
  const secret = signingKey.export({ type: 'pkcs8', format: 'der' });
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'one-time codes', 32));
  const codeDigest = (phone: string, code: string) =>
    createHmac('sha256', key).update(`${phone}:${code}`).digest();

  return {
    /**
     * Replaces the number's registration: an older one can't be confirmed any more.
     * @param isTaken whether the number has an account; no code confirms such a registration
     */
    async put(client: ClientBase, account: PendingAccount, isTaken: boolean) {
      const { phone, passwordHash, displayName } = account;
      const registrationId = randomBytes(32).toString('base64url');
      const code = newCode();
      const stored = await queryRow<{ expiresAt: Date }>(client)`
        INSERT INTO accounts.registrations (phone, id_digest, code_digest, expires_at, tries_left,
          password_hash, display_name, is_taken)
        VALUES (${phone}, ${digestOf(registrationId)}, ${codeDigest(phone, code)},
          now() + make_interval(secs => ${lifetimeSeconds}), ${triesPerCode},
          ${passwordHash}, ${displayName}, ${isTaken})
        ON CONFLICT (phone) DO UPDATE SET id_digest = excluded.id_digest,
          code_digest = excluded.code_digest, expires_at = excluded.expires_at,
          tries_left = excluded.tries_left, password_hash = excluded.password_hash,
          display_name = excluded.display_name, is_taken = excluded.is_taken, created_at = now()
        RETURNING expires_at AS "expiresAt"`;
      if (stored === undefined)
        throw new Error('Expected the database to return the registration.');
      return { registrationId, code, expiresAt: stored.expiresAt };
    },
    /** Replaces the code of a registration; undefined if it is unknown or the number is taken. */
    async renew(client: ClientBase, phone: string, registrationId: string) {
      const code = newCode();
      const renewed = await execute(client)`
        UPDATE accounts.registrations SET code_digest = ${codeDigest(phone, code)},
          expires_at = now() + make_interval(secs => ${lifetimeSeconds}),
          tries_left = ${triesPerCode}
        WHERE phone = ${phone} AND id_digest = ${digestOf(registrationId)} AND NOT is_taken`;
      return renewed === 1 ? code : undefined;
    },
    /** Uses one try; whether the id and the code are right. Without the id no try is used. */
    async try({ phone, registrationId, code }: Confirmation): Promise<boolean> {
      // The try is counted before the check, so that parallel guesses can't exceed the limit.
      const found = await queryRow<{ isRight: boolean }>(pool)`
        UPDATE accounts.registrations SET tries_left = tries_left - 1
        WHERE phone = ${phone} AND id_digest = ${digestOf(registrationId)}
          AND tries_left > 0 AND expires_at > now() AND NOT is_taken
        RETURNING code_digest = ${codeDigest(phone, code)} AS "isRight"`;
      return found?.isRight === true;
    },
    /** Deletes a confirmed registration; undefined if another request was first. */
    take(client: ClientBase, { phone, registrationId, code }: Confirmation) {
      return queryRow<PendingAccount>(client)`
        DELETE FROM accounts.registrations
        WHERE phone = ${phone} AND id_digest = ${digestOf(registrationId)}
          AND code_digest = ${codeDigest(phone, code)}
        RETURNING phone, password_hash AS "passwordHash", display_name AS "displayName"`;
    },
  };
}

/** The number's owner is known by other means. */
export async function forgetRegistration(client: Queryable, phone: string): Promise<void> {
  await execute(client)`DELETE FROM accounts.registrations WHERE phone = ${phone}`;
}

function newCode(): string {
  return String(randomInt(10 ** digits)).padStart(digits, '0');
}

/** Stored in place of the id. 256 random bits need no salt. */
function digestOf(registrationId: string): Buffer {
  return createHash('sha256').update(registrationId).digest();
}
