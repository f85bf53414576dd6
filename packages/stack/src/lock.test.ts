import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { tryLock, withLock } from './lock.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = makeTemporaryFolder('lock');
  file = join(folder, 'lock');
});

afterEach(removeTemporaryFolders);

describe('tryLock', () => {
  test('is refused while another holds the lock', () => {
    const release = tryLock(file);
    expect(tryLock(file)).toBeUndefined();
    release?.();
    expect(tryLock(file)).toBeDefined();
  });

  test('takes over the lock of a process that has died', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(file, JSON.stringify({ pid, startTime: '1' }));
    expect(tryLock(file)).toBeDefined();
  });

  test.each(['', '{"pid":12', '{"pid":12}', 'null', '[]', '\0\0\0\0', '{}'])(
    'takes over a lock that a power cut left as `%s`',
    (rest) => {
      writeFileSync(file, rest);
      expect(tryLock(file)).toBeDefined();
      expect(tryLock(file)).toBeUndefined();
    },
  );

  test('does not release a lock that another process holds by now', () => {
    const first = tryLock(file);
    first?.();
    expect(tryLock(file)).toBeDefined();
    first?.();
    expect(tryLock(file)).toBeUndefined();
  });
});

test('withLock serializes its holders', async () => {
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} enters`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    events.push(`${name} leaves`);
  };
  await Promise.all([withLock(file, work('a')), withLock(file, work('b'))]);
  expect(events).toEqual(['a enters', 'a leaves', 'b enters', 'b leaves']);
});
