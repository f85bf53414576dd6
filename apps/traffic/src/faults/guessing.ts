import type { Client } from '../target/client.ts';
import { LimitedError, RequestFailedError, UnexpectedAnswerError } from '../target/errors.ts';

// A hanging service must not accumulate guesses.
const maxInFlight = 50;

/**
 * Guesses a password repeatedly, like an attacker. After five failures the number is locked, and the
 * api refuses without hashing the password.
 * @returns the function that stops it
 */
export function guessPasswords(client: Client, phone: string, perSecond: number): () => void {
  let inFlight = 0;

  async function guess(): Promise<void> {
    if (inFlight >= maxInFlight) return;
    inFlight += 1;
    try {
      const body = { phone, password: 'letmein12345' };
      await client.provoke('guess_password', 423, { body, refusals: [401] });
    } catch (error) {
      // Counted by the client.
      if (!isExpected(error)) throw error;
    } finally {
      inFlight -= 1;
    }
  }

  const timer = setInterval(() => void guess(), 1_000 / perSecond);
  return () => clearInterval(timer);
}

function isExpected(error: unknown): boolean {
  return [LimitedError, RequestFailedError, UnexpectedAnswerError].some(
    (type) => error instanceof type,
  );
}
