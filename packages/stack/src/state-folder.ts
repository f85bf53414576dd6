import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { StackError } from './stack-error.ts';
import { makeWritable } from './writable-folder.ts';

export const repositoryRoot = resolve(import.meta.dirname, '..', '..', '..');

// Of components and apps, which write below `data`; PostgreSQL makes its own, for its own user.
const dataFolders = [
  ...['alertmanager', 'attachments', 'backup', 'grafana', 'jaeger', 'loki', 'prometheus'],
  ...['promtail', 'textfiles'],
];

/** The state folder's path: WATCHKEEPER_HOME, else `.watchkeeper` in the checkout. */
export function stateRootOf(environment: NodeJS.ProcessEnv): string {
  return resolveFolder(environment.WATCHKEEPER_HOME || '.watchkeeper', environment);
}

/** A folder's path as somebody set it: `~` is the home folder, a relative one is in the checkout. */
export function resolveFolder(path: string, environment: NodeJS.ProcessEnv): string {
  const [first, ...rest] = path.split('/');
  if (first === '~') return join(homeFolder(environment), ...rest);
  return resolve(repositoryRoot, path);
}

/** Throws where neither HOME nor the list of users names it. */
export function homeFolder({ HOME }: NodeJS.ProcessEnv): string {
  try {
    return HOME || homedir();
  } catch (error) {
    throw new StackError(
      'Expected `HOME` to name your home folder, got nothing, and /etc/passwd has none for you. ' +
        'Set `HOME`, or set `WATCHKEEPER_CACHE` in the environment or in .env.',
      { exitCode: 2, cause: error },
    );
  }
}

/** Every file of a run but for the cache. */
export type StateFolder = ReturnType<typeof stateFolderAt>;

export function stateFolderAt(root: string) {
  return {
    root,
    /** The state of all components; read by `status`, `stop` and the dead man's switch. */
    stateFile: join(root, 'state.json'),
    /** Held by the one supervisor that may run in this folder. */
    lockFile: join(root, 'supervisor.lock'),
    config: join(root, 'config'),
    data: join(root, 'data'),
    logs: join(root, 'logs'),
    secrets: join(root, 'secrets'),
    inbox: join(root, 'inbox'),
  };
}

/**
 * Creates the folders, for their owner alone: logs hold names and addresses of people, data whatever
 * they uploaded. Those of an older version, which anybody could read, are closed.
 */
export function createStateFolder(folder: StateFolder): void {
  // PostgreSQL, which refuses to run as root, must pass through to its own folder; it can't list
  // these two, and everything else inside is closed to it.
  const passage = process.getuid?.() === 0 ? 0o711 : 0o700;
  const modes: [path: string, mode: number][] = [
    [folder.root, passage],
    [folder.data, passage],
    ...[folder.config, folder.logs, folder.inbox].map((path): [string, number] => [path, 0o700]),
    ...dataFolders.map((name): [string, number] => [join(folder.data, name), 0o700]),
  ];
  for (const [path, mode] of modes) {
    makeWritable(path, 'WATCHKEEPER_HOME');
    setMode(path, mode);
  }
  mkdirSync(folder.secrets, { recursive: true, mode: 0o700 });
  setMode(folder.secrets, 0o700);
}

/** A folder of somebody else, whose owner decides, stays as it is. */
function setMode(folder: string, mode: number): void {
  const { uid, mode: present } = statSync(folder);
  if (uid === process.getuid?.() && (present & 0o777) !== mode) chmodSync(folder, mode);
}
