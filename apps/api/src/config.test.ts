import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { writeTokenKeys } from '@watchkeeper/galley/testing/token-keys';
import { createEnvironmentReader } from '@watchkeeper/telemetry';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { readConfiguration } from './config.ts';

const folder = makeTemporaryFolder('config');
const secret = join(folder, 'secret');
writeFileSync(secret, 'a secret of more than thirty-two bytes');
const short = join(folder, 'short');
writeFileSync(short, 'password');
const keys = writeTokenKeys(folder);
// The private key of another pair.
const { TOKEN_SIGNING_KEY_FILE } = writeTokenKeys(makeTemporaryFolder('config'));
const others = { TOKEN_SIGNING_KEY_FILE };
const needed = { DATABASE_URL: 'postgres://galley@postgres/galley', ...keys };

afterAll(removeTemporaryFolders);

function read(environment: Readonly<Record<string, string>> = {}) {
  const reader = createEnvironmentReader({ ...needed, ...environment });
  const configuration = readConfiguration(reader);
  reader.finish();
  return configuration;
}

test("hashes with the seed's parameters by default", () => {
  const { accounts } = read();
  expect(accounts.hashing).toEqual({
    ...{ memoryKib: 65_536, iterations: 3, parallelism: 2, concurrency: 1 },
  });
  expect(accounts.lockout).toMatchObject({ failures: 5, seconds: 900 });
});

test('waits for a slow model longer than the alert AIAPISlow, and less than the gateway', () => {
  const { timeoutMs } = read().assistant;
  // The drill's 40 s must end in an answer; the second model needs some of the gateway's minute.
  expect(timeoutMs).toBeGreaterThan(40_000);
  expect(timeoutMs).toBeLessThan(55_000);
});

test('reads the S3 keys from files', () => {
  const { attachments } = read({
    OBJECT_STORE: 's3',
    S3_BUCKET: 'files',
    S3_ACCESS_KEY_FILE: secret,
    S3_SECRET_KEY_FILE: secret,
  });
  expect(attachments.store).toMatchObject({
    kind: 's3',
    endpoint: undefined,
    secretKey: 'a secret of more than thirty-two bytes',
  });
});

test('has an administrator only with a password file', () => {
  expect(read().accounts.administrator).toBeUndefined();
  expect(read({ ADMIN_PASSWORD_FILE: secret }).accounts.administrator).toEqual({
    phone: '+13135550100',
    password: 'a secret of more than thirty-two bytes',
  });
});

test.each([
  [
    { ADMIN_PHONE: '12', ADMIN_PASSWORD_FILE: secret },
    'Expected `ADMIN_PHONE` to be a phone number with its country code, got `12`.',
  ],
  [{ ADMIN_PASSWORD_FILE: short }, 'to have 20 to 128 characters, got 8.'],
  [{ ADMIN_PASSWORD_FILE: '/nowhere' }, 'Expected `ADMIN_PASSWORD_FILE` to name a readable file'],
  [
    { ARGON2_MEMORY_KIB: '8192' },
    'Expected `ARGON2_MEMORY_KIB` to be an integer from 19456 to 1048576, got `8192`.',
  ],
  [
    { ARGON2_ITERATIONS: '1' },
    'Expected `ARGON2_ITERATIONS` to be an integer from 2 to 20, got `1`.',
  ],
  [{ OBJECT_STORE: 'ftp' }, 'Expected `OBJECT_STORE` to be one of `file`, `s3`, got `ftp`.'],
  [{ OBJECT_STORE: 's3' }, 'Expected `S3_SECRET_KEY_FILE` to be set, it is not set.'],
  [{ SMS_URL: 'nowhere' }, 'Expected `SMS_URL` to be a URL'],
  [{ TOKEN_KEYS_FILE: '' }, 'Expected `TOKEN_KEYS_FILE` to be set, it is not set.'],
  [{ TOKEN_SIGNING_KEY_FILE: '' }, 'Expected `TOKEN_SIGNING_KEY_FILE` to be set, it is not set.'],
  [{ TOKEN_SIGNING_KEY_FILE: secret }, 'to have keys of the type Ed25519 (PEM), got no key.'],
  [{ TOKEN_KEYS_FILE: keys.TOKEN_SIGNING_KEY_FILE }, 'to have public keys (PEM), and no other.'],
  [others, `Expected the public key of \`${others.TOKEN_SIGNING_KEY_FILE}\` to be in the file`],
  [{ STAFF_NUMBERS: 'admin=+1415' }, 'Expected `STAFF_NUMBERS` to be a list such as'],
])('refuses %j', (environment: Record<string, string>, fault) => {
  expect(() => read(environment)).toThrow(fault);
});
