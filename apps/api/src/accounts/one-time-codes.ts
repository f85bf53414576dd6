import { createHmac, hkdfSync, randomInt, timingSafeEqual } from 'node:crypto';
import { execute, type Queryable, queryRow, sql } from '@watchkeeper/galley';
import type { ClientBase, Pool } from 'pg';

export type OneTimeCodes = ReturnType<typeof createOneTimeCodes>;

const digits = 6;
// Source: the second seed, "Store OTP (TTL: 5min)".
const lifetimeSeconds = 300;
// Five tries of a million codes succeed once in 200,000, and five codes an hour keep that low.
const triesPerCode = 5;
const codesPerHour = 5;
const secondsBetweenCodes = 30;

/** Codes are stored as digests keyed with a key derived from `secret`. */
export function createOneTimeCodes(pool: Pool, secret: Uint8Array) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'one-time codes', 32));
  const digestOf = (userId: string, code: string) =>
    createHmac('sha256', key).update(`${userId}:${code}`).digest();

  return {
    /** Replaces the last code; undefined if the user got too many recently. */
    async issue(client: Queryable, userId: string) {
      const code = String(randomInt(10 ** digits)).padStart(digits, '0');
      const stored = await storeCode(client, userId, digestOf(userId, code));
      return stored && { code, expiresAt: stored.expiresAt };
    },
    /** Uses one try. Resolves to the user's id if the code is right. */
    async try(phone: string, code: string): Promise<string | undefined> {
      // The try is counted before the check, so that parallel guesses can't exceed the limit.
      const found = await queryRow<{ userId: string; digest: Buffer }>(pool)`
        UPDATE accounts.one_time_codes c SET tries_left = tries_left - 1
        FROM accounts.users u
        WHERE u.id = c.user_id AND u.phone = ${phone} AND c.tries_left > 0 AND c.expires_at > now()
        RETURNING c.user_id AS "userId", c.digest`;
      if (found === undefined) return undefined;
      const { userId, digest } = found;
      return timingSafeEqual(digest, digestOf(userId, code)) ? userId : undefined;
    },
    /** Deletes a right code; false if another request was first. */
    async consume(client: ClientBase, userId: string, code: string): Promise<boolean> {
      const deleted = await execute(client)`
        DELETE FROM accounts.one_time_codes
        WHERE user_id = ${userId} AND digest = ${digestOf(userId, code)}`;
      return deleted === 1;
    },
  };
}

function storeCode(client: Queryable, userId: string, digest: Buffer) {
  const isNewWindow = sql`c.window_started_at < now() - interval '1 hour'`;
  return queryRow<{ expiresAt: Date }>(client)`
    INSERT INTO accounts.one_time_codes AS c
      (user_id, digest, expires_at, tries_left, sent_at, window_started_at, sent_in_window)
    VALUES (${userId}, ${digest}, now() + make_interval(secs => ${lifetimeSeconds}),
      ${triesPerCode}, now(), now(), 1)
    ON CONFLICT (user_id) DO UPDATE SET
      digest = excluded.digest, expires_at = excluded.expires_at,
      tries_left = excluded.tries_left, sent_at = now(),
      window_started_at = CASE WHEN ${isNewWindow} THEN now() ELSE c.window_started_at END,
      sent_in_window = CASE WHEN ${isNewWindow} THEN 1 ELSE c.sent_in_window + 1 END
    WHERE c.sent_at <= now() - make_interval(secs => ${secondsBetweenCodes})
      AND (${isNewWindow} OR c.sent_in_window < ${codesPerHour})
    RETURNING expires_at AS "expiresAt"`;
}
