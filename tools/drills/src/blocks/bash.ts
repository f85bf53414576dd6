import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot as root } from '@watchkeeper/stack';
import type { Outcome } from './judge.ts';

// Enough for a restart that drains its requests; a command that hangs is a bug of the page.
const timeoutMs = 60_000;

/** Runs a command at the root of the repository, in a shell with the functions of `on-call.sh`. */
export async function runBash(code: string, variables: NodeJS.ProcessEnv): Promise<Outcome> {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const path = [dirname(process.execPath), environment.PATH ?? ''].join(delimiter);
  const child = spawn('bash', ['--norc', '-c', `. runbooks/on-call.sh\n${code}`], {
    cwd: root,
    env: { ...environment, PATH: path, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, which is killed as a whole.
    detached: true,
  });
  const timer = setTimeout(() => endGroup(child.pid), timeoutMs);
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('close', (status) => resolve(status ?? -1));
  });
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]);
  clearTimeout(timer);
  // The command line that `on-call.sh` prints is for people.
  const shown = stderr.replace(/^\+ .*\n?/gm, '').trim();
  const all = [stdout.trim(), shown].filter(Boolean).join('\n');
  return { kind: 'exit', code: status, text: all };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
