import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Starts what stops all that the state lists once this process is gone; returns its dismissal. */
export function startReaper(stateFile: string): () => void {
  const reaper = spawn(process.execPath, [join(import.meta.dirname, 'reaper.ts'), stateFile], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  reaper.stdin.on('error', () => {});
  // Neither may keep alive a process that has nothing else to do.
  reaper.unref();
  (reaper.stdin as unknown as { unref(): void }).unref();
  return () => reaper.stdin.end('dismissed');
}
