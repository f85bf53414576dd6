import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { createSecrets } from './secrets.ts';

afterAll(removeTemporaryFolders);

function createFolder() {
  const secrets = makeTemporaryFolder('secrets');
  const file = (name: string) => join(secrets, name);
  const read = (name: string) => readFileSync(file(name), 'utf8');
  return {
    file,
    create: () => createSecrets({ secrets }),
    signingKey: () => read('token-signing-key'),
    publicKeys: () =>
      read('token-verification-keys').match(/-----BEGIN.*?-----END [A-Z ]+-----\n/gs),
  };
}

const publicOf = (privatePem: string) =>
  createPublicKey(createPrivateKey(privatePem)).export({ type: 'spki', format: 'pem' });

test('makes a key pair for access tokens once, readable by its owner alone', () => {
  const { create, file, signingKey, publicKeys } = createFolder();
  create();
  const key = signingKey();
  expect(publicKeys()).toEqual([publicOf(key)]);
  expect(statSync(file('token-signing-key')).mode & 0o777).toBe(0o600);
  create();
  expect(signingKey()).toBe(key);
  expect(publicKeys()).toEqual([publicOf(key)]);
});

test('rotates: the old public key stays for one more rotation', () => {
  const { create, file, signingKey, publicKeys } = createFolder();
  const keys = [0, 1, 2].map(() => {
    rmSync(file('token-signing-key'), { force: true });
    create();
    return publicOf(signingKey());
  });
  expect(new Set(keys).size).toBe(3);
  expect(publicKeys()).toEqual([keys[2], keys[1]]);
});

test('makes the public file again from the private one', () => {
  const { create, file, signingKey, publicKeys } = createFolder();
  create();
  writeFileSync(file('token-verification-keys'), '');
  create();
  expect(publicKeys()).toEqual([publicOf(signingKey())]);
});
