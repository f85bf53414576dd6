import { anything } from '../target/answers.ts';
import type { Client } from '../target/client.ts';
import { LimitedError, RequestFailedError, UnexpectedAnswerError } from '../target/errors.ts';

// A service that hangs must not collect guesses.
const maxInFlight = 50;

/**
 * Tries a password for a number again and again, as somebody who wants in. After five failures the
 * number is locked, and the api refuses without a look at the password: it costs next to nothing.
 * @returns what ends it
 */
export function guessPasswords(client: Client, phone: string, perSecond: number): () => void {
  let inFlight = 0;

  async function guess(): Promise<void> {
    if (inFlight >= maxInFlight) return;
    inFlight += 1;
    try {
      await client.attempt({
        ...{ operation: 'guess_password', method: 'POST', path: '/api/v1/auth/login' },
        ...{ body: { phone, password: 'letmein12345' }, expected: 423, refusals: [401] },
        answer: anything,
      });
    } catch (error) {
      // Counted by the client; whoever guesses just goes on.
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
