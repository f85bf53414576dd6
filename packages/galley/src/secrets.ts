import { ConfigurationError, type EnvironmentReader, readSecretFile } from '@watchkeeper/telemetry';

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
