import { dictionary } from '@zxcvbn-ts/language-common';

/** The least length of a new password. Source: NIST SP 800-63B-4, section 3.1.1.2, asks for 8. */
export const minPasswordLength = 10;

const common = new Set(dictionary['passwords-common']);
// What people add to a word to make it long enough.
const ending = /[\d\W_]{1,6}$/;
// The shortest words of the list are parts of too many good passwords.
const minWordLength = 6;

/**
 * Whether guessers try this password first: breaches have made it common, also with digits or signs at
 * its end, or it repeats a few characters. Source: NIST SP 800-63B-4, section 3.1.1.2, on blocklists.
 */
export function isCommonPassword(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase();
  const word = plain.replace(ending, '');
  if (common.has(plain) || (word.length >= minWordLength && common.has(word))) return true;
  return /^(.{1,4})\1+$/u.test(plain);
}
