import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createEnvironmentReader } from '@watchkeeper/telemetry';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { readDatabaseConfiguration } from './configuration.ts';

const url = 'postgres://galley@postgres:5432/galley';

test('reads the password of the database from a file', () => {
  const folder = makeTemporaryFolder('config');
  const file = join(folder, 'password');
  writeFileSync(file, 'a b/c\n');
  const reader = createEnvironmentReader({ DATABASE_URL: url, DATABASE_PASSWORD_FILE: file });
  const { databaseUrl } = readDatabaseConfiguration(reader, { poolSize: 20 });
  expect(databaseUrl).toBe('postgres://galley:a%20b%2Fc@postgres:5432/galley');
  removeTemporaryFolders();
});

test('names a password file that can’t be read', () => {
  const reader = createEnvironmentReader({ DATABASE_URL: url, DATABASE_PASSWORD_FILE: '/none' });
  expect(() => readDatabaseConfiguration(reader, { poolSize: 20 })).toThrow(
    'Expected `DATABASE_PASSWORD_FILE` to name a readable file, got `/none` (ENOENT).',
  );
});
