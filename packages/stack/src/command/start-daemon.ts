import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StackError } from '../stack-error.ts';
import { readState, type StackState } from '../state-file.ts';
import { createStateFolder, type StateFolder } from '../state-folder.ts';

export type DaemonMessage =
  | { progress: string }
  | { isReady: true }
  | { failure: string; exitCode: number };

function supervisorLog(folder: StateFolder): string {
  return join(folder.logs, 'supervisor.log');
}

function forkDaemon(folder: StateFolder, environment: NodeJS.ProcessEnv) {
  createStateFolder(folder);
  const log = openSync(supervisorLog(folder), 'a');
  const child = fork(resolve(import.meta.dirname, '..', 'main.ts'), {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: environment,
  });
  closeSync(log);
  return child;
}

/**
 * Starts the daemon and resolves with the state once all is ready; it then outlives this process.
 * The signal cuts the start short: resolves with undefined when everything has stopped again.
 */
export function startDaemon(
  folder: StateFolder,
  environment: NodeJS.ProcessEnv,
  onProgress: (message: string) => void,
  signal: AbortSignal,
): Promise<StackState | undefined> {
  const daemon = forkDaemon(folder, environment);
  const stop = () => daemon.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  return new Promise((resolvePromise, reject) => {
    daemon.on('message', (message: DaemonMessage) => {
      if ('progress' in message) onProgress(message.progress);
      if ('failure' in message) reject(new StackError(message.failure, message));
      if (!('isReady' in message)) return;
      signal.removeEventListener('abort', stop);
      daemon.unref();
      resolvePromise(readState(folder.stateFile));
    });
    daemon.on('error', reject);
    daemon.once('exit', (code) => {
      if (signal.aborted) return resolvePromise(undefined);
      const log = supervisorLog(folder);
      reject(new StackError(`The supervisor exited with ${code}; its log is \`${log}\`.`));
    });
  });
}
