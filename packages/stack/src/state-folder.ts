import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '..', '..', '..');

/** The state folder's path: WATCHKEEPER_HOME, else `.watchkeeper` in the checkout. */
export function stateRootOf(environment: NodeJS.ProcessEnv): string {
  const home = environment.WATCHKEEPER_HOME;
  if (!home) return join(repositoryRoot, '.watchkeeper');
  return isAbsolute(home) ? home : resolve(repositoryRoot, home);
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
  mkdirSync(folder.root, { recursive: true });
  // PostgreSQL, which refuses to run as root, must pass through a temporary folder that only we
  // may enter; it still can't list it, and everything inside has rights of its own.
  if (process.getuid?.() === 0) chmodSync(folder.root, statSync(folder.root).mode | 0o011);
  for (const path of [folder.config, folder.data, folder.logs, folder.inbox]) {
    mkdirSync(path, { recursive: true });
  }
  mkdirSync(folder.secrets, { recursive: true, mode: 0o700 });
}
