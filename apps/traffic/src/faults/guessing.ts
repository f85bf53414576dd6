import type { Client } from '../target/client.ts';
import { attack } from './attacker.ts';

// Then the api refuses without hashing the password.
const guessesPerNumber = 5;

/**
 * Guesses passwords repeatedly, like an attacker: five times each number in turn.
 * @returns the function that stops it
 */
export function guessPasswords(
  client: Client,
  phoneOf: (index: number) => string,
  perSecond: number,
): () => void {
  return attack((count) => {
    const phone = phoneOf(Math.floor(count / guessesPerNumber));
    const body = { phone, password: 'letmein12345' };
    return client.provoke('guess_password', 423, { body, refusals: [401] });
  }, perSecond);
}
