import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Stored in place of the token, so that a leaked table is useless. 256 random bits need no salt. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
