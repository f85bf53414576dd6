// Makes the key pair of Galley's access tokens where there is none: `node token-keys.mjs FOLDER`. Run by
// `galley-prepare` and by native mode.
//
// `token-signing-key` is private, for the api alone; `token-verification-keys` are public: the current one
// first, then the one before it, which tokens of the last quarter of an hour still need. To rotate, delete
// the private key and start again.
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.'] = process.argv.slice(2);
const signing = join(folder, 'token-signing-key');
const verification = join(folder, 'token-verification-keys');
const isMissing = (file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;

/** Whoever reads meanwhile gets the old or the new one as a whole. */
function replace(file, text) {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const isNew = isMissing(signing);
if (isNew || isMissing(verification)) {
  const key = isNew
    ? generateKeyPairSync('ed25519').privateKey
    : createPrivateKey(readFileSync(signing));
  const old = existsSync(verification) ? readFileSync(verification, 'utf8') : '';
  const previous = /-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\n/s.exec(old)?.[0] ?? '';
  const current = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  // The public one first: a key that nobody knows must not sign.
  replace(verification, `${current}${previous}`);
  if (isNew) replace(signing, key.export({ type: 'pkcs8', format: 'pem' }));
}
