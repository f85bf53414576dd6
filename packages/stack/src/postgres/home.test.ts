import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { findPostgresHome, isTraversable } from './home.ts';

let folder: string;
let binaries: string;
let data: string;

beforeEach(() => {
  folder = makeTemporaryFolder('home');
  binaries = join(folder, 'native');
  data = join(folder, 'data');
  mkdirSync(join(binaries, 'bin'), { recursive: true });
  writeFileSync(join(binaries, 'bin', 'postgres'), 'the program');
});

afterEach(removeTemporaryFolders);

describe('findPostgresHome', () => {
  test('stays in the state folder when we are not root', () => {
    expect(findPostgresHome(data, binaries, false)).toEqual({
      folder: join(data, 'postgres'),
      binaries,
    });
  });

  test('runs as nobody when we are root', () => {
    chmodSync(folder, 0o755);
    const home = findPostgresHome(data, binaries, true);
    expect(home).toMatchObject({ folder: join(data, 'postgres'), binaries });
    expect(readFileSync('/etc/passwd', 'utf8')).toContain(
      `nobody:x:${home.user?.uid}:${home.user?.gid}:`,
    );
  });

  test('moves out of a folder that is closed to nobody, and finds the same place again', () => {
    chmodSync(folder, 0o700);
    const home = findPostgresHome(data, binaries, true);
    expect(isTraversable(dirname(home.folder))).toBe(true);
    expect(readFileSync(join(home.binaries, 'bin', 'postgres'), 'utf8')).toBe('the program');
    expect(findPostgresHome(data, binaries, true)).toEqual(home);
    expect(existsSync(join(data, 'postgres'))).toBe(false);
    rmSync(dirname(home.folder), { recursive: true });
  });

  test.each(['', 'the pro'])('copies programs again of which a power cut left `%s`', (rest) => {
    chmodSync(folder, 0o700);
    const home = findPostgresHome(data, binaries, true);
    const program = join(home.binaries, 'bin', 'postgres');
    writeFileSync(program, rest);
    findPostgresHome(data, binaries, true);
    expect(readFileSync(program, 'utf8')).toBe('the program');
    rmSync(dirname(home.folder), { recursive: true });
  });
});
