import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenOnFreePort } from './server.ts';

/** A process that writes its log lines to standard output. */
export interface StartedProcess {
  output(): string;
  /** The lines of one event, parsed. */
  linesOf(event: string): Record<string, unknown>[];
  /** Waits for a line of `event`; rejects with the output at the exit or after the time limit. */
  lineOf(event: string): Promise<Record<string, unknown>>;
  /** Sends a signal, and does not wait for its effect. */
  send(signal: NodeJS.Signals): void;
  /** Sends SIGTERM and resolves to the exit code; null if it had to be killed. */
  stop(): Promise<number | null>;
}

/** The folder, and the variables besides `PATH`. */
export interface StartOptions {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

// A cold start on a busy machine; a healthy one takes half a second.
const startTimeoutMs = 60_000;
// Longer than any deadline of a shutdown in a test.
const stopTimeoutMs = 30_000;

/** The time limit of a test or hook that starts processes: a late start, and two stops. */
export const processTestMs = startTimeoutMs + 2 * stopTimeoutMs;

const running = new Set<ChildProcess>();

/** Starts this Node with `nodeArguments`. */
export function startProcess(
  nodeArguments: readonly string[],
  { folder, environment }: StartOptions,
): StartedProcess {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, nodeArguments, {
    cwd: folder,
    env: { PATH, NODE_COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  // At its exit, the last output may not have arrived yet.
  let isOver = false;
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', (exitCode) => {
      isOver = true;
      running.delete(child);
      resolve(exitCode);
    });
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  }
  const linesOf = (event: string) =>
    output
      .split('\n')
      // The part after the last line break is incomplete.
      .slice(0, -1)
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line.event === event);

  return {
    output: () => output,
    linesOf,
    async lineOf(event) {
      for (const startedAt = performance.now(); ; await sleep(20)) {
        const isLate = performance.now() - startedAt > startTimeoutMs;
        const [line] = linesOf(event);
        if (line !== undefined) return line;
        if (isLate || isOver) throw new Error(`No \`${event}\` in:\n${output}`);
      }
    },
    send: (signal) => void child.kill(signal),
    async stop() {
      if (isOver) return closed;
      child.kill('SIGTERM');
      // A process that hangs must not outlive its test.
      const lastResort = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      const exitCode = await closed;
      clearTimeout(lastResort);
      return exitCode;
    },
  };
}

/** Kills the processes that tests left running, as failed ones do. For `afterEach`. */
export async function killStartedProcesses(): Promise<void> {
  const children = [...running];
  const ended = children.map((child) => once(child, 'close'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ended);
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** Distinct free ports: all are held before any is released. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map(listenOnFreePort));
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
