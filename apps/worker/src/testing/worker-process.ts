import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../..');

const running = new Map<ChildProcess, Promise<unknown>>();

/** Ends at once what a failed test has left running, which would keep Jest from its end. */
export async function killWorkers(): Promise<void> {
  for (const child of running.keys()) child.kill('SIGKILL');
  await Promise.all(running.values());
}

/** Starts the worker as a process of its own, as it runs for real, until it or all are ended. */
export function startWorkerProcess(environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      ...{ OTEL_SERVICE_NAME: 'worker', PORT: '0', METRICS_PORT: '0', ...environment },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const exited = once(child, 'exit');
  running.set(child, exited);
  child.once('exit', () => running.delete(child));
  return {
    output: () => output,
    /** Sends a signal and resolves to the exit code, which a killed process lacks. */
    async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
      child.kill(signal);
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
}
