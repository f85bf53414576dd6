import { dictionary } from '@zxcvbn-ts/language-common';

/** The least length of a new password. Source: NIST SP 800-63B-4, section 3.1.1.2, asks for 8. */
export const minPasswordLength = 10;

const common = new Set(dictionary['passwords-common']);
// What people add to a word to make it long enough.
const ending = /[\d\W_]{1,6}$/;
// Of this service, which its guessers know.
const ownWords = new Set(['admin', 'galley', 'watchkeeper']);
const orders = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiopasdfghjklzxcvbnm'];
const sequences = orders.flatMap((order) => [order, [...order].reverse().join('')]);
// The shortest words of the list are parts of too many good passwords.
const minWordLength = 6;

/**
 * Whether guessers try this password first: breaches have made it common, also with digits or signs at
 * its end, it names the service, or it repeats a few characters or follows their order. Source: NIST SP
 * 800-63B-4, section 3.1.1.2, on blocklists.
 */
export function isCommonPassword(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase();
  const word = plain.replace(ending, '');
  if (common.has(plain) || (word.length >= minWordLength && common.has(word))) return true;
  if (ownWords.has(word) || sequences.some((sequence) => sequence.includes(plain))) return true;
  return /^(.{1,4})\1+$/u.test(plain);
}

/** Whether a password is the account's number, however written. */
export function isOwnNumber(password: string, phone: string): boolean {
  const digits = password.replace(/[\s+()./-]/g, '').replace(/^0+/, '');
  return digits.length >= 6 && phone.endsWith(digits);
}
