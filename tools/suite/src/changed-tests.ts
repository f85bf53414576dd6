import { execFileSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Stage } from './arguments.ts';
import type { Durations } from './durations.ts';
import { listChangedTests } from './jest.ts';

/** Tests for a change. */
export interface Selection {
  readonly files: readonly string[];
  /** How long they take, by the times remembered. */
  readonly seconds: number;
  /** Counts of the selected files left out for lack of time, by package. */
  readonly leftOut: ReadonlyMap<string, number>;
}

// Leaves room for the checks and Jest's start in the four minutes that --quick may take.
const budgetSeconds = 120;
const startSeconds = 5;
const usualFileSeconds = 3;

/** Selects the test files to run, closest to the change first. */
export function selectChangedTests(
  root: string,
  projects: readonly Stage[],
  { files: remembered }: Durations,
): Selection {
  const git = (...parameters: string[]) =>
    execFileSync('git', parameters, { cwd: root, encoding: 'utf8' }).trim();
  const commit = findBase(git);
  const changed = [
    ...git('diff', '--name-only', commit).split('\n'),
    ...git('ls-files', '--others', '--exclude-standard').split('\n'),
  ].filter((path) => path !== '' && existsSync(join(root, path)));
  const folders = new Set(changed.map((path) => packageOf(root, path)));
  const related = new Set([
    ...listChangedTests(root, projects, commit),
    ...testsOfData(root, changed).filter((file) => projects.some((name) => isOf(name, file))),
  ]);
  const distance = (file: string) => {
    if (changed.includes(file) || isOf('contract', file) || isOf('rules', file)) return 0;
    return folders.has(packageOf(root, file)) ? 1 : 2;
  };
  // Two at a time, or more where there are more cores.
  const secondsOf = (file: string) => (remembered[file] ?? usualFileSeconds) / 2;
  const ordered = [...related].sort(
    (a, b) => distance(a) - distance(b) || secondsOf(a) - secondsOf(b),
  );
  const files: string[] = [];
  const leftOut = new Map<string, number>();
  let seconds = startSeconds;
  for (const file of ordered) {
    if (seconds + secondsOf(file) <= budgetSeconds) {
      files.push(file);
      seconds += secondsOf(file);
    } else {
      const owner = packageOf(root, file);
      leftOut.set(owner, (leftOut.get(owner) ?? 0) + 1);
    }
  }
  return { files, seconds, leftOut };
}

/** Where the branch left main; on main itself HEAD, or its parent when nothing has changed since. */
function findBase(git: (...parameters: string[]) => string): string {
  const branch = ['origin/main', 'main'].find((name) => isCommit(git, name));
  const base = branch === undefined ? git('rev-parse', 'HEAD') : git('merge-base', 'HEAD', branch);
  const isUnchanged = base === git('rev-parse', 'HEAD') && git('status', '--porcelain') === '';
  return isUnchanged && isCommit(git, 'HEAD~1') ? git('rev-parse', 'HEAD~1') : base;
}

function isCommit(git: (...parameters: string[]) => string, name: string): boolean {
  try {
    return git('rev-parse', '--verify', '--quiet', `${name}^{commit}`) !== '';
  } catch {
    // Git's exit code says that there is none.
    return false;
  }
}

/** The closest folder with a `package.json`. */
function packageOf(root: string, path: string): string {
  const folder = dirname(path);
  const isFound = folder === '.' || existsSync(join(root, folder, 'package.json'));
  return isFound ? folder : packageOf(root, folder);
}

/** Whether a test file belongs to a project of `jest.config.js`. */
export function isOf(project: Stage, file: string): boolean {
  return project === 'unit' ? !file.startsWith('tests/') : file.startsWith(`tests/${project}/`);
}

/** Tests that read files of a changed folder; Jest follows imports only. */
function testsOfData(root: string, changed: readonly string[]): readonly string[] {
  const data = changed.filter((path) => !/\.[cm]?[jt]s$/.test(path));
  const owners = new Set(data.map((path) => packageOf(root, path)).filter((path) => path !== '.'));
  const patterns = [...owners].map((owner) => `${owner}/**/*.test.ts`);
  if (changed.some((path) => path.startsWith('monitoring/')))
    patterns.push('tests/rules/*.test.ts');
  // They compare the code with the documents, whichever of the two changed.
  if (changed.length > 0) patterns.push('tests/contract/*.test.ts');
  return globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] });
}
