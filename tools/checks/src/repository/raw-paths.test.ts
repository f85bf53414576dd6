import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';

afterAll(removeTemporaryFolders);

// A path is no address: below a folder ` #1` the rest would be cut off, below `%41` it would be another.
const rawImport = /\bimport\((?!['"`]|process\.argv|built\))(?![^;]*\.href)/;
const rawPathname = /import\.meta\.url\)\s*\.pathname/;

test('no module is imported by a path, and no path is that of an address', () => {
  const sources = globSync('{apps,packages,scripts,tests,tools}/**/*.{ts,mjs}', {
    cwd: repositoryRoot,
    exclude: (name) => /node_modules|dist|raw-paths/.test(name),
  });
  expect(sources.length).toBeGreaterThan(300);
  const raw = sources.filter((file) => {
    const text = readFileSync(join(repositoryRoot, file), 'utf8');
    return rawImport.test(text) || rawPathname.test(text);
  });
  expect(raw).toEqual([]);
});

test('a checkout below a star is refused in one sentence, before anything is installed', () => {
  const root = join(makeTemporaryFolder('star'), 'a*b');
  mkdirSync(join(root, 'scripts'), { recursive: true });
  writeFileSync(join(root, 'scripts/status.ts'), '');
  const bootstrap = join(root, 'scripts/run.mjs');
  copyFileSync(join(repositoryRoot, 'scripts/run.mjs'), bootstrap);
  const { status, stderr } = spawnSync(process.execPath, [bootstrap, 'status'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe(
    `Expected the path of the checkout to have no \`*\`, got \`${root}\`. Rename the folder.\n`,
  );
  expect(status).toBe(2);
});
