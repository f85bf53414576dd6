import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { selectChangedTests } from './changed-tests.ts';

let root: string;

/** A project of two packages, the second of which imports the first. */
beforeEach(() => {
  root = makeTemporaryFolder('changed');
  cpSync(join(repositoryRoot, 'jest.config.js'), join(root, 'jest.config.js'));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'));
  write('package.json', '{"type":"module"}');
  write('.gitignore', 'node_modules');
  write('packages/base/package.json', '{"type":"module"}');
  write('packages/base/src/one.ts', 'export const one = 1;');
  write('packages/base/src/one.test.ts', "import './one.ts';");
  write('packages/base/src/other.test.ts', '');
  write('packages/user/package.json', '{"type":"module"}');
  write('packages/user/src/two.test.ts', "import '../../base/src/one.ts';");
  write('tests/contract/names.test.ts', '');
  git('init', '-q', '-b', 'main');
  commit();
});

afterEach(removeTemporaryFolders);

function write(path: string, content: string): void {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
}

function git(...parameters: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...parameters], {
    cwd: root,
  });
}

function commit(): void {
  git('add', '-A');
  git('commit', '-q', '-m', 'change');
}

const select = (files: Record<string, number> = {}) =>
  selectChangedTests(root, ['contract', 'unit'], { stages: {}, files });

test('selects what imports a change that is not committed, the closest first', () => {
  write('packages/base/src/one.ts', 'export const one = 2;');
  expect(select()).toMatchObject({
    files: [
      'tests/contract/names.test.ts',
      'packages/base/src/one.test.ts',
      'packages/user/src/two.test.ts',
    ],
    leftOut: new Map(),
  });
});

test('leaves out what is far from the change and takes too long, and counts it', () => {
  write('packages/base/src/one.ts', 'export const one = 2;');
  const { files, leftOut } = select({ 'packages/user/src/two.test.ts': 900 });
  expect(files).toContain('packages/base/src/one.test.ts');
  expect(leftOut).toEqual(new Map([['packages/user', 1]]));
});

test('leaves out even a changed test that alone exceeds the budget', () => {
  write('packages/base/src/other.test.ts', '// Changed.');
  const { files, leftOut } = select({ 'packages/base/src/other.test.ts': 900 });
  expect(files).toEqual(['tests/contract/names.test.ts']);
  expect(leftOut).toEqual(new Map([['packages/base', 1]]));
});

test('selects by the branch, and the last commit where nothing else changed', () => {
  git('checkout', '-q', '-b', 'feature');
  write('packages/base/src/other.test.ts', '// Changed.');
  commit();
  expect(select().files).toContain('packages/base/src/other.test.ts');
  git('branch', '-f', 'main');
  expect(select().files).toContain('packages/base/src/other.test.ts');
});

test('selects the tests of a package whose data changed', () => {
  write('packages/base/src/data.sql', 'SELECT 1');
  expect(select().files).toEqual(
    expect.arrayContaining(['packages/base/src/other.test.ts', 'packages/base/src/one.test.ts']),
  );
  expect(select().files).not.toContain('packages/user/src/two.test.ts');
});
