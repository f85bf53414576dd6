import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { repositoryRoot } from '../state-folder.ts';
import { prepareData } from './data.ts';

afterEach(removeTemporaryFolders);

const passwords = { galley: 'a', monitor: 'b', dashboards: 'c' };

/** A folder whose database needs no server to be prepared: its passwords are set. */
function makeDatabase() {
  const folder = makeTemporaryFolder('database');
  const data = join(folder, 'data');
  mkdirSync(join(data, 'global'), { recursive: true });
  for (const name of ['PG_VERSION', 'global/pg_control', 'postgresql.conf']) {
    writeFileSync(join(data, name), '18\n');
  }
  const roles = readFileSync(join(repositoryRoot, 'monitoring/postgres/roles.sql'), 'utf8');
  const digest = hash('sha256', `${JSON.stringify(passwords)}${roles}`);
  writeFileSync(join(folder, 'passwords.sha256'), digest);
  return { home: { folder, binaries: '/nowhere' }, data };
}

test.each(['', '1234\n'])('of the lock file `%s` only an empty one is removed', async (lock) => {
  const { home, data } = makeDatabase();
  const file = join(data, 'postmaster.pid');
  writeFileSync(file, lock);
  expect(await prepareData(home, passwords)).toBe(data);
  expect(existsSync(file)).toBe(lock !== '');
});

test.each(['PG_VERSION', 'global/pg_control', 'postgresql.conf'])(
  'a database whose %s a power cut left empty is named, with the fix',
  async (name) => {
    const { home, data } = makeDatabase();
    writeFileSync(join(data, name), '');
    await expect(prepareData(home, passwords)).rejects.toThrow(
      `Expected \`${join(data, name)}\` to have content, got none: the database was lost with the ` +
        `power. Delete \`${data}\` to begin with an empty one`,
    );
  },
);
