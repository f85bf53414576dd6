import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { secretNames } from '@watchkeeper/stack/compose-file';
import type { NativeTarget } from '../native-target.ts';

/** Every file below a folder that users other than its owner can reach and read. */
function readableByOthers(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return [];
    const { mode } = statSync(path);
    // Who may not pass through a folder reaches nothing below it.
    if (entry.isDirectory()) return (mode & 0o011) === 0 ? [] : readableByOthers(path);
    return (mode & 0o044) === 0 ? [] : [path];
  });
}

/** Another user of the same machine. */
export function describeMachine(target: NativeTarget): void {
  describe('another user of the machine', () => {
    test('reads no log, no upload and no secret', () => {
      const names = readableByOthers(target.folder).map((path) => path.slice(target.folder.length));
      // Neither has a secret: who holds the lock, and where PostgreSQL's own folder is.
      expect(names.filter((name) => !/supervisor\.lock|postgres-home/.test(name))).toEqual([]);
    });

    test('finds no secret in an argument or a variable of any process', async () => {
      const secrets = await Promise.all(secretNames.map((name) => target.readSecret(name)));
      for (const [name, pid] of Object.entries(target.processes())) {
        const shown = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`));
        const found = secretNames.filter((_, index) =>
          shown.some((bytes) => bytes.includes(secrets[index] ?? '')),
        );
        expect([name, found]).toEqual([name, []]);
      }
    });
  });
}
