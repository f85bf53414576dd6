import type { Logger } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';

const everyMs = 3_600_000;

const statements = [
  `DELETE FROM accounts.sessions WHERE expires_at < now() - interval '1 day'`,
  `DELETE FROM accounts.logins WHERE at < now() - interval '90 days'`,
  `DELETE FROM accounts.login_attempts
   WHERE changed_at < now() - interval '1 day' AND (locked_until IS NULL OR locked_until < now())`,
  `DELETE FROM accounts.registrations WHERE expires_at < now() - interval '1 hour'`,
  `DELETE FROM accounts.text_budgets WHERE sent_at < now() - interval '1 hour'`,
];

export async function sweepAccounts(pool: Pool, logger: Logger): Promise<void> {
  try {
    for (const statement of statements) await pool.query(statement);
  } catch (error) {
    logger.warn({ event: 'accounts_sweep_failed', err: error }, 'old accounts data not removed');
  }
}

/**
 * Runs the sweep every hour.
 * @returns a function that stops it
 */
export function startSweep(pool: Pool, logger: Logger): () => void {
  const timer = setInterval(() => void sweepAccounts(pool, logger), everyMs).unref();
  return () => clearInterval(timer);
}
