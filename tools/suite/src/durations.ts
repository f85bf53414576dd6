import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Stage } from './arguments.ts';

/** Seconds that stages and test files took when they last ran here. */
export interface Durations {
  readonly stages: Readonly<Partial<Record<Stage | 'light', number>>>;
  /** By path from the root. */
  readonly files: Readonly<Record<string, number>>;
}

// On two idle cores, for the first run on a machine.
const firstGuess: Durations['stages'] = {
  check: 45,
  light: 780,
  browser: 100,
  e2e: 410,
  attacks: 60,
  drills: 820,
  containers: 380,
};

const fileIn = (root: string) => join(root, 'node_modules/.cache/watchkeeper/test-durations.json');

export function readDurations(root: string): Durations {
  try {
    const { stages, files } = JSON.parse(readFileSync(fileIn(root), 'utf8')) as Durations;
    return { stages: { ...firstGuess, ...stages }, files };
  } catch {
    // None yet, or half a file: a guess does no harm.
    return { stages: firstGuess, files: {} };
  }
}

export function rememberDurations(root: string, update: Partial<Durations>): void {
  const { stages, files } = readDurations(root);
  const merged: Durations = {
    stages: { ...stages, ...update.stages },
    files: { ...files, ...update.files },
  };
  mkdirSync(dirname(fileIn(root)), { recursive: true });
  writeFileSync(fileIn(root), JSON.stringify(merged));
}

/** `75` is `1:15`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
