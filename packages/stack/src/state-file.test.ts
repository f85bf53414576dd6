import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { stopRunning } from './command/stop-running.ts';
import { secretNames, secretReaders } from './compose-file.ts';
import { findPostgresHome } from './postgres/home.ts';
import { createSecrets, readSecret, secretsOf } from './secrets.ts';
import { isRunning, readState, type StackState, writeState } from './state-file.ts';
import { createStateFolder, stateFolderAt } from './state-folder.ts';

afterEach(removeTemporaryFolders);

function makeFolder() {
  const folder = stateFolderAt(makeTemporaryFolder('state'));
  createStateFolder(folder);
  return folder;
}

const state: StackState = {
  phase: 'stopped',
  supervisor: { pid: 1, startTime: '1' },
  timeFactor: 1,
  components: {},
  absent: [],
  timeline: { startedAtMs: 0 },
};
const whole = JSON.stringify(state);

test('a state is read as it was written', () => {
  const { stateFile } = makeFolder();
  writeState(stateFile, state);
  expect(readState(stateFile)).toEqual(state);
});

const supervisor = '"supervisor":{"pid":1,"startTime":"1"},"phase":"ready"';

test.each([
  ...['', whole.slice(0, 40), whole.slice(0, -1), 'null', '{}', '[]', '\0\0\0'],
  ...['{"supervisor":{},"components":{}}', '{"supervisor":7,"components":7,"absent":[]}'],
  ...[`{${supervisor},"components":{"api":null},"absent":[]}`, `{${supervisor},"components":{}}`],
])('nothing runs where a power cut left `%s` of the state', async (rest) => {
  const folder = makeFolder();
  writeFileSync(folder.stateFile, rest);
  expect(isRunning(readState(folder.stateFile))).toBe(false);
  expect(await stopRunning(folder)).toBe(false);
});

test('a state that cannot be read is named, with the fix', () => {
  const { stateFile } = makeFolder();
  mkdirSync(stateFile);
  expect(() => readState(stateFile)).toThrow(
    `Expected \`${stateFile}\` to be a file that can be read, got EISDIR. Delete it`,
  );
});

test('a folder that cannot be used is named, with the variable that moves it', () => {
  const folder = stateFolderAt(makeTemporaryFolder('state'));
  writeFileSync(folder.logs, '');
  expect(() => createStateFolder(folder)).toThrow(
    `Expected \`${folder.logs}\` to be a folder that can be written to, got EEXIST. Set \`WATCHKEEPER_HOME\``,
  );
});

test('an empty secret is made again, another is kept', () => {
  const folder = makeFolder();
  const [first = '', second = ''] = secretNames;
  writeFileSync(join(folder.secrets, first), '');
  writeFileSync(join(folder.secrets, second), 'of my own');
  createSecrets(folder);
  expect(readFileSync(join(folder.secrets, first), 'utf8')).toMatch(/^[\w-]{32}$/);
  expect(statSync(join(folder.secrets, first)).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder.secrets, second), 'utf8')).toBe('of my own');
});

test('each reader of a secret gets a copy of its own, in a folder of its own', () => {
  const folder = makeFolder();
  createSecrets(folder);
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  for (const { reader, name } of secretReaders) {
    const copy = join(secretsOf(folder, reader), name);
    expect(readFileSync(copy, 'utf8')).toBe(readSecret(folder, name));
    expect([modeOf(dirname(copy)), modeOf(copy)]).toEqual([0o700, 0o600]);
  }
  // Who takes over the synthetic customers can mint no token and reads no database.
  expect(readdirSync(secretsOf(folder, 'traffic'))).toEqual(['metrics-token', 'operator-token']);
});

test('nobody else may enter its folders, those of an older version neither', () => {
  const folder = makeFolder();
  const inside = [folder.logs, folder.config, folder.inbox, join(folder.data, 'attachments')];
  for (const path of inside) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
  }
  createStateFolder(folder);
  for (const path of [...inside, folder.secrets]) expect(statSync(path).mode & 0o777).toBe(0o700);
  // Where we are root, PostgreSQL's own user passes through, and can't list them.
  for (const path of [folder.root, folder.data]) expect(statSync(path).mode & 0o066).toBe(0);
});

test("an empty record of PostgreSQL's folder is named, not replaced by an empty database", () => {
  const folder = makeFolder();
  const binaries = join(folder.root, '$native', 'bin');
  mkdirSync(binaries, { recursive: true });
  const record = join(folder.data, 'postgres-home');
  writeFileSync(record, '');
  expect(() => findPostgresHome(folder.data, join(binaries, '..'), false)).toThrow(
    `Expected \`${record}\` to name PostgreSQL's folder, got an empty file.`,
  );
});
