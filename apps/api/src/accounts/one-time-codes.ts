import { createHmac, hkdfSync, randomInt, timingSafeEqual } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Queryable } from '../ledger/wallets.ts';

export interface IssuedCode {
  readonly code: string;
  readonly expiresAt: Date;
}

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
    async issue(client: Queryable, userId: string): Promise<IssuedCode | undefined> {
      const code = String(randomInt(10 ** digits)).padStart(digits, '0');
      const expiresAt = await storeCode(client, userId, digestOf(userId, code));
      return expiresAt === undefined ? undefined : { code, expiresAt };
    },
    /** Uses one try. Resolves to the user's id if the code is right. */
    async try(phone: string, code: string): Promise<string | undefined> {
      // The try is counted before the check, so that parallel guesses can't exceed the limit.
      const { rows } = await pool.query<{ user_id: string; digest: Buffer }>(
        `UPDATE accounts.one_time_codes c SET tries_left = tries_left - 1
         FROM accounts.users u
         WHERE u.id = c.user_id AND u.phone = $1 AND c.tries_left > 0 AND c.expires_at > now()
         RETURNING c.user_id, c.digest`,
        [phone],
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      return timingSafeEqual(row.digest, digestOf(row.user_id, code)) ? row.user_id : undefined;
    },
    /** Deletes a right code; false if another request was first. */
    async consume(client: ClientBase, userId: string, code: string): Promise<boolean> {
      const { rowCount } = await client.query(
        'DELETE FROM accounts.one_time_codes WHERE user_id = $1 AND digest = $2',
        [userId, digestOf(userId, code)],
      );
      return rowCount === 1;
    },
  };
}

async function storeCode(client: Queryable, userId: string, digest: Buffer) {
  const isNewWindow = `c.window_started_at < now() - interval '1 hour'`;
  const { rows } = await client.query<{ expires_at: Date }>(
    `INSERT INTO accounts.one_time_codes AS c
       (user_id, digest, expires_at, tries_left, sent_at, window_started_at, sent_in_window)
     VALUES ($1, $2, now() + make_interval(secs => $3), $4, now(), now(), 1)
     ON CONFLICT (user_id) DO UPDATE SET
       digest = excluded.digest, expires_at = excluded.expires_at,
       tries_left = excluded.tries_left, sent_at = now(),
       window_started_at = CASE WHEN ${isNewWindow} THEN now() ELSE c.window_started_at END,
       sent_in_window = CASE WHEN ${isNewWindow} THEN 1 ELSE c.sent_in_window + 1 END
     WHERE c.sent_at <= now() - make_interval(secs => $5)
       AND (${isNewWindow} OR c.sent_in_window < $6)
     RETURNING expires_at`,
    [userId, digest, lifetimeSeconds, triesPerCode, secondsBetweenCodes, codesPerHour],
  );
  return rows[0]?.expires_at;
}
