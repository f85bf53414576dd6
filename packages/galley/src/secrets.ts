import { readFileSync } from 'node:fs';
import { ConfigurationError, type EnvironmentReader } from '@watchkeeper/telemetry';

/**
 * Reads the file named by a variable, without surrounding white space. Secrets come in files, because
 * `docker inspect` and crash reports show the environment.
 * @throws ConfigurationError if the file can't be read
 */
export function readSecretFile(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([
      `Expected \`${variable}\` to name a readable file, got \`${file}\` (${code}).`,
    ]);
  }
}

/**
 * Reads the key of access tokens from `JWT_SECRET_FILE`.
 * @throws ConfigurationError if the file can't be read or has fewer than 32 bytes
 */
export function readTokenSecret(reader: EnvironmentReader): Uint8Array {
  const file = reader.text('JWT_SECRET_FILE');
  if (file === '') return new Uint8Array();
  const secret = Buffer.from(readSecretFile('JWT_SECRET_FILE', file));
  // HS256 asks for a key as long as its hash. Source: RFC 7518, section 3.2.
  if (secret.length >= 32) return secret;
  throw new ConfigurationError([
    `Expected the secret in \`${file}\` to have 32 bytes or more, got ${secret.length}.`,
  ]);
}
