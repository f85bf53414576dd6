import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that writes its lines of log to standard output. */
export interface StartedProcess {
  output(): string;
  /** The lines of one event, parsed. */
  linesOf(event: string): Record<string, unknown>[];
  /** Waits for a line of `event`; rejects with the output when the process dies or is too late. */
  lineOf(event: string): Promise<Record<string, unknown>>;
  /** Sends SIGTERM and resolves to the exit code; nothing where it had to be killed. */
  stop(): Promise<number | null>;
}

/** How to start it: in which folder, and with which variables beside `PATH`. */
export interface StartOptions {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

// A cold start on a busy machine; a healthy one takes half a second.
const startTimeoutMs = 30_000;
// Longer than any deadline of a shutdown in a test.
const stopTimeoutMs = 10_000;

/** Time for a test or hook that starts processes: a start that is too late, and an end. */
export const processTestMs = startTimeoutMs + 2 * stopTimeoutMs;

const running = new Set<ChildProcess>();

/** Starts this Node with `nodeArguments`. */
export function startProcess(
  nodeArguments: readonly string[],
  { folder, environment }: StartOptions,
): StartedProcess {
  const child = spawn(process.execPath, nodeArguments, {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  }
  const linesOf = (event: string) =>
    output
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line.event === event);

  return {
    output: () => output,
    linesOf,
    async lineOf(event) {
      for (const startedAt = performance.now(); ; await sleep(20)) {
        const [line] = linesOf(event);
        if (line !== undefined) return line;
        const isLate = performance.now() - startedAt > startTimeoutMs;
        if (isLate || hasEnded(child)) throw new Error(`No \`${event}\` in:\n${output}`);
      }
    },
    stop: () => stopProcess(child),
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Ends at once what tests have left running, as a failed test does. For `afterEach`. */
export async function killStartedProcesses(): Promise<void> {
  const children = [...running];
  const ended = children.map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ended);
}

async function stopProcess(child: ChildProcess): Promise<number | null> {
  if (hasEnded(child)) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  // A process that hangs must not outlive its test.
  const lastResort = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  const [exitCode] = (await exited) as [number | null];
  clearTimeout(lastResort);
  return exitCode;
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
