import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StateFolder } from '@watchkeeper/stack';
import type { CleanupStep } from '@watchkeeper/stack/dead-mans-switch/step';
import { replaceTexts } from './replace-texts.ts';
import type { ConfigurationChange } from './system.ts';

/** Changes a rendered file of the native mode, never the shipped one. */
export function changeFile(
  folder: StateFolder,
  { file, replace, content }: ConfigurationChange,
): { restore(): void; readonly cleanup: CleanupStep } {
  const path = join(folder.config, file);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content ?? replaceTexts(file, before ?? '', replace ?? {}));
  return {
    restore() {
      if (before === undefined) rmSync(path, { force: true });
      else writeFileSync(path, before);
    },
    cleanup: { kind: 'restore', file: path, ...(before === undefined ? {} : { text: before }) },
  };
}
