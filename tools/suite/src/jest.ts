import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from './arguments.ts';
import { optionsVariable, type ReporterOptions, type Summary } from './progress-reporter.ts';

const reporter = join(import.meta.dirname, 'progress-reporter.ts');
const sequencer = join(import.meta.dirname, 'heavy-first.ts');
// Jest's own five seconds are for a machine that does nothing else.
const testTimeoutMs = 60_000;

/** What to run, and what its reporter shows. */
export interface JestRun extends Omit<ReporterOptions, 'summaryFile'> {
  readonly projects: readonly Stage[];
  /** Only these, by path from the root. */
  readonly files?: readonly string[];
  /** One file after the other: systems side by side would starve each other. */
  readonly isSerial: boolean;
}

/** Runs Jest; its failures go to standard error as they happen. */
export function runJest(root: string, { projects, files, isSerial, ...shown }: JestRun): Summary {
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-jest-'));
  const summaryFile = join(folder, 'summary.json');
  // More than cores: half of the time tests wait for timers, sockets and child processes.
  const workers = Math.ceil(1.5 * availableParallelism());
  const options = JSON.stringify({ ...shown, summaryFile });
  try {
    callJest(
      root,
      [
        ...['--selectProjects', ...projects, '--testTimeout', String(testTimeoutMs)],
        isSerial ? '--runInBand' : `--maxWorkers=${workers}`,
        ...(files === undefined ? [] : ['--runTestsByPath', ...files]),
        ...['--passWithNoTests', '--reporters', reporter, '--testSequencer', sequencer],
      ],
      // promtool takes a seventh less time where it collects less often.
      { ...process.env, ...(!isSerial && { GOGC: '400' }), [optionsVariable]: options },
    );
    return JSON.parse(readFileSync(summaryFile, 'utf8')) as Summary;
  } catch (error) {
    console.error(`Jest wrote no summary: ${error}`);
    return { passed: 0, failed: 1, skipped: [], files: {} };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The test files, by path from the root, that import a file changed since a commit. */
export function listChangedTests(
  root: string,
  projects: readonly Stage[],
  commit: string,
): readonly string[] {
  const selection = ['--selectProjects', ...projects, `--changedSince=${commit}`];
  const { stdout } = callJest(root, [...selection, '--listTests']);
  // Jest also prints which projects it looks into.
  const paths = stdout.split('\n').filter((line) => line.startsWith(`${root}/`));
  return paths.map((path) => path.slice(root.length + 1));
}

function callJest(root: string, parameters: readonly string[], env = process.env) {
  // Jest loads ES modules only behind this flag; its warning about it helps nobody.
  const nodeFlags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  return spawnSync(process.execPath, [...nodeFlags, jest, ...parameters], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
