import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { repositoryRoot } from '../state-folder.ts';

const script = join(repositoryRoot, 'monitoring/backup/backup.sh');
let root: string;
let job: ChildProcess | undefined;

// Stand-ins for PostgreSQL's tools, which fail where a file of that name is.
const programs = {
  pg_dump: `[ ! -e "$ROOT/dump-fails" ] || exit 1
    for word; do case $word in --file=*) echo rows > "\${word#--file=}";; esac; done`,
  pg_restore: `case $1 in
    --list) echo '7; 0 16400 TABLE DATA orders orders api_owner' ;;
    *) [ ! -e "$ROOT/damaged" ] ;;
  esac`,
};

beforeEach(() => {
  root = makeTemporaryFolder('backup');
  for (const name of ['bin', 'backups', 'textfiles']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'password'), 'secret');
  for (const [name, code] of Object.entries(programs)) {
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${code}\n`, { mode: 0o755 });
  }
});

afterEach(async () => {
  if (job?.exitCode === null) {
    const exited = once(job, 'exit');
    job.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  }
  removeTemporaryFolders();
});

function start(environment: NodeJS.ProcessEnv = {}): void {
  const env = {
    ...{ ROOT: root, PATH: [join(root, 'bin'), process.env.PATH].join(delimiter) },
    ...{ DATABASE_URL: 'postgres://backup@127.0.0.1:1/galley?sslmode=disable' },
    ...{ DATABASE_PASSWORD_FILE: join(root, 'password'), BACKUP_FOLDER: join(root, 'backups') },
    ...{ TEXTFILE_FOLDER: join(root, 'textfiles'), ...environment },
  };
  job = spawn('/bin/sh', [script], { env, stdio: 'ignore' });
}

/** A dump of that many hours ago. */
function placeDump(name: string, hoursAgo: number): void {
  const file = join(root, 'backups', `galley-${name}.dump`);
  writeFileSync(file, 'rows');
  const seconds = Date.now() / 1_000 - hoursAgo * 3_600;
  utimesSync(file, seconds, seconds);
}

const dumps = () => readdirSync(join(root, 'backups')).sort();

/** The values once the last attempt is reported as wanted, by the ends of the metrics' names. */
async function report(succeeded: 0 | 1): Promise<Record<string, number>> {
  const file = join(root, 'textfiles/postgres-backup.prom');
  return waitUntil(`an attempt with ${succeeded}`, () => {
    const lines = readFileSync(file, 'utf8').matchAll(
      /^postgres_(\w+)\{database="galley"\} (\d+)$/gm,
    );
    const values = Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]));
    return values.backup_last_attempt_succeeded === succeeded && values;
  });
}

test('dumps at once where there is none of today, and keeps as many as wanted', async () => {
  placeDump('20200101T000000Z', 72);
  placeDump('20200102T000000Z', 48);
  start({ BACKUP_KEEP: '2' });
  const values = await report(1);
  expect(values).toMatchObject({ backups: 2, backup_size_bytes: 5 });
  expect(values.backup_last_success_timestamp_seconds).toBeGreaterThan(Date.now() / 1_000 - 60);
  expect(dumps()).toEqual([
    'galley-20200102T000000Z.dump',
    expect.stringMatching(/^galley-\d{8}T/),
  ]);
});

test('waits where there is one of today, until it is asked', async () => {
  placeDump('20200102T000000Z', 2);
  start();
  const { backup_last_success_timestamp_seconds: before = 0 } = await report(1);
  expect(dumps()).toEqual(['galley-20200102T000000Z.dump']);
  job?.kill('SIGUSR1');
  await waitUntil('a second dump', () => dumps().length === 2);
  const later = async () => (await report(1)).backup_last_success_timestamp_seconds ?? 0;
  await waitUntil('its time', async () => (await later()) > before + 3_600);
});

test.each([
  ['fails', 'dump-fails'],
  ['cannot be read back', 'damaged'],
])('a dump that %s counts as none, removes none and is tried again', async (_, fault) => {
  placeDump('20200101T000000Z', 30);
  writeFileSync(join(root, fault), '');
  start({ BACKUP_KEEP: '1' });
  const values = await report(0);
  expect(values.backup_last_success_timestamp_seconds).toBeLessThan(Date.now() / 1_000 - 3_600);
  expect(dumps()).toEqual(['galley-20200101T000000Z.dump']);
  // What another process has left is tried at once.
  job?.kill('SIGTERM');
  await waitUntil('its end', () => job?.exitCode !== null);
  rmSync(join(root, fault));
  placeDump('20200101T000000Z', 1);
  start({ BACKUP_KEEP: '1' });
  await report(1);
  expect(dumps()).toEqual([expect.stringMatching(/^galley-\d{8}T/)]);
  expect(existsSync(join(root, 'backups/.new'))).toBe(false);
});
