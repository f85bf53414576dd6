import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunContext } from './components/component.ts';

/** The file of a secret, which is made at random the first time, for the owner's eyes only. */
export function secretFile({ folder }: Pick<RunContext, 'folder'>, name: string): string {
  const file = join(folder.secrets, name);
  if (!existsSync(file))
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
  return file;
}
