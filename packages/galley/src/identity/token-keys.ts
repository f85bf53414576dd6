import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { ConfigurationError, type EnvironmentReader, readSecretFile } from '@watchkeeper/telemetry';

/** The public keys of access tokens, by key id. */
type TokenKeys = ReadonlyMap<string, KeyObject>;

/** Reads the keys as they are now: they are rotated while services run. */
export type ReadTokenKeys = () => TokenKeys;

/** The id of a key pair, as a token names it: a digest of the public key. */
export function keyIdOf(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const bytes = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
}

/**
 * Reads the file of public keys that `TOKEN_KEYS_FILE` names, once to check it.
 * @throws ConfigurationError if it can't be read, has no key, or has a private one
 */
export function readTokenKeys(reader: EnvironmentReader): ReadTokenKeys {
  const file = reader.text('TOKEN_KEYS_FILE');
  if (file === '') return () => new Map();
  const read = () => parseKeys(file, readSecretFile('TOKEN_KEYS_FILE', file));
  read();
  return read;
}

function parseKeys(file: string, text: string): TokenKeys {
  const blocks = text.match(/-----BEGIN ([A-Z ]+)-----.*?-----END \1-----/gs) ?? [];
  const isPublic = blocks.every((block) => block.startsWith('-----BEGIN PUBLIC KEY-----'));
  // `createPublicKey` also takes a private key, which only the api may have.
  if (blocks.length === 0 || !isPublic) {
    throw new ConfigurationError([`Expected \`${file}\` to have public keys (PEM), and no other.`]);
  }
  return new Map(
    blocks.map((block) => {
      const key = ed25519(file, () => createPublicKey(block));
      return [keyIdOf(key), key];
    }),
  );
}

/**
 * Reads the private key that `TOKEN_SIGNING_KEY_FILE` names.
 * @throws ConfigurationError if it can't be read, or if nobody would know its tokens
 */
export function readSigningKey(reader: EnvironmentReader, readKeys: ReadTokenKeys): KeyObject {
  const file = reader.text('TOKEN_SIGNING_KEY_FILE');
  // The reader throws this fault before anybody uses the key.
  if (file === '') return undefined as unknown as KeyObject;
  const text = readSecretFile('TOKEN_SIGNING_KEY_FILE', file);
  const key = ed25519(file, () => createPrivateKey(text));
  const known = readKeys();
  if (known.size === 0 || known.has(keyIdOf(key))) return key;
  throw new ConfigurationError([
    `Expected the public key of \`${file}\` to be in the file \`TOKEN_KEYS_FILE\`. Hand both out again.`,
  ]);
}

function ed25519(file: string, parse: () => KeyObject): KeyObject {
  let kind = 'no key';
  try {
    const key = parse();
    kind = key.asymmetricKeyType ?? key.type;
    if (kind === 'ed25519') return key;
  } catch {
    // The parser's own text may have parts of the key.
  }
  throw new ConfigurationError([
    `Expected \`${file}\` to have keys of the type Ed25519 (PEM), got ${kind}.`,
  ]);
}
