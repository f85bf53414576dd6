import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StateFolder } from '@watchkeeper/stack';
import type { CleanupStep } from '@watchkeeper/stack/dead-mans-switch/step';
import { replaceTexts } from './replace-texts.ts';
import type { ConfigurationChange } from './system.ts';

/** Changes a rendered file of the native mode, or one of its data, never the shipped one. */
export function changeFile(
  folder: StateFolder,
  { file, replace, content, in: where }: ConfigurationChange,
): { restore(): void; readonly cleanup: CleanupStep } {
  const path = join(where === 'data' ? folder.data : folder.config, file);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  // The topmost folder that was not there, which leaves with the file.
  const created = mkdirSync(dirname(path), { recursive: true }) ?? path;
  writeFileSync(path, content ?? replaceTexts(file, before ?? '', replace ?? {}));
  return {
    restore() {
      if (before === undefined) rmSync(created, { recursive: true, force: true });
      else writeFileSync(path, before);
    },
    cleanup:
      before === undefined
        ? { kind: 'command', command: 'rm', parameters: ['-rf', created], folder: '/' }
        : { kind: 'restore', file: path, text: before },
  };
}
