import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { secretNames } from './compose-file.ts';
import { replaceDurably } from './durable-file.ts';
import type { StateFolder } from './state-folder.ts';

/** Creates every secret that is missing, or empty, at random, readable by its owner alone. */
export function createSecrets({ secrets }: Pick<StateFolder, 'secrets'>): void {
  for (const name of secretNames) {
    const file = join(secrets, name);
    // As long as those of monitoring/prepare.sh: a URL and an SQL literal contain them unquoted.
    const secret = () => randomBytes(24).toString('base64url');
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0) replaceDurably(file, secret(), 0o600);
  }
}

export function readSecret({ secrets }: Pick<StateFolder, 'secrets'>, name: string): string {
  return readFileSync(join(secrets, name), 'utf8');
}
