import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { StackError } from './stack-error.ts';
import { makeWritable } from './writable-folder.ts';

export const repositoryRoot = resolve(import.meta.dirname, '..', '..', '..');

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

/** Creates the folders; secrets are for their owner alone. */
export function createStateFolder(folder: StateFolder): void {
  makeWritable(folder.root, 'WATCHKEEPER_HOME');
  // PostgreSQL, which refuses to run as root, must pass through a temporary folder that only we
  // may enter; it still can't list it, and everything inside has rights of its own.
  if (process.getuid?.() === 0) chmodSync(folder.root, statSync(folder.root).mode | 0o011);
  for (const path of [folder.config, folder.data, folder.logs, folder.inbox]) {
    makeWritable(path, 'WATCHKEEPER_HOME');
  }
  mkdirSync(folder.secrets, { recursive: true, mode: 0o700 });
}
