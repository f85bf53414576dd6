import { hash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { replaceDurably } from '../durable-file.ts';
import { runCommand } from '../run-command.ts';
import { StackError } from '../stack-error.ts';
import { repositoryRoot } from '../state-folder.ts';
import { postgresProgram } from './binaries.ts';
import type { PostgresHome } from './home.ts';

/** The password of each role of the database: the superuser and others by name. */
export type Passwords = Readonly<Record<'galley', string> & Record<string, string>>;

/** The database and its owner. */
export const database = 'galley';

function makeHome({ folder, user }: PostgresHome): void {
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user && statSync(folder).uid !== user.uid) chownSync(folder, user.uid, user.gid);
}

async function run(
  program: 'initdb' | 'postgres',
  args: string[],
  home: PostgresHome,
  input = '',
): Promise<void> {
  const command = postgresProgram(home.binaries, program);
  const options = { ...home.user, cwd: home.folder, env: { PATH: process.env.PATH }, input };
  const { code, stdout, stderr } = await runCommand(command, args, options);
  // The single-user server exits with 0 whatever the statements came to.
  const failure = /^.*(?:ERROR|FATAL|PANIC): .*$/m.exec(stderr)?.[0];
  if (code === 0 && !failure) return;
  const isUnknownUser = /could not look up/.test(stderr);
  const fix = isUnknownUser ? '. Start as a user that /etc/passwd has.' : '';
  throw new StackError(`\`${program}\` failed: ${failure ?? `${stdout}${stderr}`.trim()}${fix}`);
}

async function initialise(data: string, home: PostgresHome, passwords: Passwords) {
  const passwordFile = join(home.folder, 'password');
  writeFileSync(passwordFile, passwords.galley, { mode: 0o600 });
  if (home.user) chownSync(passwordFile, home.user.uid, home.user.gid);
  const owner = [`--username=${database}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  // Sorting by bytes is the same on every machine. Nothing is lost if the very first start is.
  const storage = ['--encoding=UTF8', '--no-locale', '--no-sync'];
  try {
    await run('initdb', [`--pgdata=${data}`, ...owner, ...storage], home);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  await runStatements(data, home, [
    `CREATE DATABASE ${database};`,
    'CREATE ROLE monitor LOGIN;',
    'GRANT pg_monitor TO monitor;',
  ]);
}

// One statement a line: that is how the single-user server reads them. It needs no client of ours.
async function runStatements(data: string, home: PostgresHome, statements: string[]) {
  await run('postgres', ['--single', '-D', data, 'postgres'], home, `${statements.join('\n')}\n`);
}

/** Runs a file on Galley's database; with `-j`, a statement ends at a semicolon before an empty line. */
async function runFile(data: string, home: PostgresHome, text: string) {
  await run('postgres', ['--single', '-j', '-D', data, database], home, `${text}\n\n`);
}

const servicesRoles = join(repositoryRoot, 'monitoring/postgres/roles.sql');

// As monitoring/postgres/dashboards-role.sh makes it; also in a database that is older than the role.
const dashboardsRole = [
  'DO $$ BEGIN CREATE ROLE dashboards LOGIN CONNECTION LIMIT 5; ' +
    'EXCEPTION WHEN duplicate_object THEN NULL; END $$;',
  'ALTER ROLE dashboards SET default_transaction_read_only = on;',
  "ALTER ROLE dashboards SET statement_timeout = '10s';",
];

// The passwords are in the state folder, the data may not be: either can be deleted without the other.
async function setPasswords(data: string, home: PostgresHome, passwords: Passwords) {
  const mark = join(home.folder, 'passwords.sha256');
  const roles = readFileSync(servicesRoles, 'utf8');
  const digest = hash('sha256', `${JSON.stringify(passwords)}${roles}`);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === digest) return;
  const statements = [
    ...dashboardsRole,
    ...Object.entries(passwords).map(([name, text]) => `ALTER ROLE ${name} PASSWORD '${text}';`),
  ];
  await runFile(data, home, roles);
  await runStatements(data, home, statements);
  replaceDurably(mark, digest);
}

// PostgreSQL refuses to start with an empty one, as a power cut leaves it: no process survived that.
function removeEmptyLock(data: string): void {
  const file = join(data, 'postmaster.pid');
  if (statSync(file, { throwIfNoEntry: false })?.size === 0) rmSync(file);
}

/** Throws where a power cut left the files of a new database empty. */
function refuseTorn(data: string): void {
  for (const name of ['PG_VERSION', 'global/pg_control', 'postgresql.conf']) {
    const file = join(data, name);
    if (statSync(file, { throwIfNoEntry: false })?.size) continue;
    throw new StackError(
      `Expected \`${file}\` to have content, got none: the database was lost with the power. Delete ` +
        `\`${data}\` to begin with an empty one, or put a backup there.`,
    );
  }
}

/**
 * Makes sure there is a database with its roles, and returns its folder. Made aside and
 * renamed: a start that was cut short leaves nothing half done.
 */
export async function prepareData(home: PostgresHome, passwords: Passwords): Promise<string> {
  makeHome(home);
  const data = join(home.folder, 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const aside = join(home.folder, 'data.new');
    rmSync(aside, { recursive: true, force: true });
    await initialise(aside, home, passwords);
    renameSync(aside, data);
  }
  refuseTorn(data);
  removeEmptyLock(data);
  await setPasswords(data, home, passwords);
  return data;
}
