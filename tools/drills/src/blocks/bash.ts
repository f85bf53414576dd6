import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '@watchkeeper/stack';
import type { Outcome } from './judge.ts';

const root = repositoryRoot;
// A restart that waits for its requests takes its time; a command that hangs is a fault of the page.
const timeoutMs = 60_000;

/** Runs a command in a shell that has read `on-call.sh`, in the root of the repository. */
export async function runBash(code: string, variables: NodeJS.ProcessEnv): Promise<Outcome> {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const path = [dirname(process.execPath), environment.PATH ?? ''].join(delimiter);
  const child = spawn('bash', ['--norc', '-c', `. runbooks/on-call.sh\n${code}`], {
    cwd: root,
    env: { ...environment, PATH: path, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it started ends with it.
    detached: true,
  });
  const timer = setTimeout(() => endGroup(child.pid), timeoutMs);
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('close', (status) => resolve(status ?? -1));
  });
  const [printed, complaints, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]);
  clearTimeout(timer);
  // The command line that `on-call.sh` shows is for people.
  const shown = complaints.replace(/^\+ .*\n?/gm, '').trim();
  const all = [printed.trim(), shown].filter(Boolean).join('\n');
  return { kind: 'exit', code: status, text: all };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
