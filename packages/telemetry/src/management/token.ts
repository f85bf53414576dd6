import { createHash, timingSafeEqual } from 'node:crypto';
import { ConfigurationError } from '../environment-reader.ts';
import { readSecretFile } from '../secret-file.ts';

/**
 * Reads a bearer token of the management server from the file that a variable names.
 * @throws ConfigurationError when the file can't be read or is empty
 */
export function readToken(variable: string, file: string): string {
  const token = readSecretFile(variable, file);
  if (token !== '') return token;
  throw new ConfigurationError([
    `Expected \`${variable}\` to hold a token, got an empty file \`${file}\`.`,
  ]);
}

// The scheme is case-insensitive. Source: RFC 9110, section 11.1.
const bearer = /^bearer +(.+?) *$/i;

/** Checks `Authorization` headers in constant time. */
export function createTokenCheck(token: string): (header: string | undefined) => boolean {
  // Digests have equal lengths, as the comparison requires, and hide the token's length.
  const digest = (value: string) => createHash('sha256').update(value).digest();
  const expected = digest(token);
  return (header) => timingSafeEqual(digest(bearer.exec(header ?? '')?.[1] ?? ''), expected);
}
