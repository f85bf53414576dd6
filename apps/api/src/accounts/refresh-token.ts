import { createHash, randomBytes } from 'node:crypto';

/** A new refresh token: 256 random bits, which tell nothing and can't be guessed. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token: who reads the table can't use it. So much chance needs no salt. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
