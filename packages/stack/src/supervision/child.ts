import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { identify, type ProcessIdentity } from '../process-identity.ts';
import { signalGroup } from './process-group.ts';

export interface Launch {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
}

export interface Child {
  identity: ProcessIdentity;
  /** Resolves with a description of its end, after the rest of its group was killed. */
  exited: Promise<string>;
  hasExited(): boolean;
}

/** Starts a process as the leader of its own group, with its output going to the log file. */
export async function startChild(launch: Launch, logFile: string): Promise<Child> {
  mkdirSync(dirname(logFile), { recursive: true });
  const { command, args, ...options } = launch;
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) {
    const [error] = await new Promise<[Error]>((resolve) => {
      child.once('error', (error) => resolve([error]));
    });
    throw error;
  }
  let isOver = false;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      isOver = true;
      // The number can't be reused yet: it stays taken while any of the group is left.
      signalGroup(pid, 'SIGKILL');
      resolve(signal ? `ended by ${signal}` : `exited with code ${code}`);
    });
  });
  const identity = identify(pid) ?? { pid, startTime: '' };
  return { identity, exited, hasExited: () => isOver };
}
