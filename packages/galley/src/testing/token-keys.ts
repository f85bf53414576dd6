import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTokenSigner, createTokenVerifier } from '../identity/token.ts';
import { keyIdOf } from '../identity/token-keys.ts';

/** A new key pair, the signer and the verifier of its tokens. */
export function createTestTokens() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const readKeys = () => new Map([[keyIdOf(publicKey), publicKey]]);
  return {
    ...{ privateKey, publicKey, readKeys, keyId: keyIdOf(publicKey) },
    ...createTokenSigner(privateKey),
    ...createTokenVerifier(readKeys),
  };
}

/** Writes the keys into a folder; returns the variables that name the files. */
export function writeTokenKeys(folder: string, privateKey = createTestTokens().privateKey) {
  const files = {
    TOKEN_SIGNING_KEY_FILE: join(folder, 'token-signing-key'),
    TOKEN_KEYS_FILE: join(folder, 'token-verification-keys'),
  };
  const signing = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(files.TOKEN_SIGNING_KEY_FILE, signing);
  const verification = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  writeFileSync(files.TOKEN_KEYS_FILE, verification);
  return files;
}
