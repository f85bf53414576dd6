import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { secretNames, secretReaders } from './compose-file.ts';
import { replaceDurably } from './durable-file.ts';
import { repositoryRoot, type StateFolder } from './state-folder.ts';

const tokenKeys = join(repositoryRoot, 'monitoring/token-keys.mjs');

type SecretsFolder = Pick<StateFolder, 'secrets'>;

/** The gate's own password for the programs behind it; a secret of the native mode alone. */
export const gatePassword = 'gate-password';

/**
 * Creates every secret that is missing, or empty, at random, readable by its owner alone. Each
 * reader gets a folder with copies of its own, as in the compose files.
 */
export function createSecrets(folder: SecretsFolder): void {
  // As `galley-prepare` does.
  execFileSync(process.execPath, [tokenKeys, folder.secrets]);
  for (const name of [...secretNames, gatePassword]) {
    const file = join(folder.secrets, name);
    // As long as those of monitoring/prepare.sh: a URL and an SQL literal contain them unquoted.
    const secret = () => randomBytes(24).toString('base64url');
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0) replaceDurably(file, secret(), 0o600);
    chmodSync(file, 0o600);
  }
  for (const { reader, name } of secretReaders) {
    const own = secretsOf(folder, reader);
    mkdirSync(own, { recursive: true, mode: 0o700 });
    replaceDurably(join(own, name), readSecret(folder, name), 0o600);
  }
}

/** The folder of a reader's copies. */
export function secretsOf({ secrets }: SecretsFolder, reader: string): string {
  return join(secrets, 'readers', reader);
}

/** What an operator sends to management servers. */
export function operatorHeaders(folder: SecretsFolder): Record<string, string> {
  return { authorization: `Bearer ${readSecret(folder, 'operator-token')}` };
}

export function readSecret({ secrets }: SecretsFolder, name: string): string {
  return readFileSync(join(secrets, name), 'utf8');
}
