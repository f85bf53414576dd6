import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '@watchkeeper/stack';

const packageFolder = join(repositoryRoot, 'packages/telemetry');
const libraryPreload = join(packageFolder, 'dist/instrumentation.js');
const recipePreload = join(import.meta.dirname, 'subjects/recipe.mjs');

export interface Contender {
  readonly name: string;
  readonly kind: 'bare' | 'library' | 'recipe';
  readonly preload?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

const sampled = (ratio: string) => ({
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: ratio,
});
const noMetrics = { METRICS_ENABLED: 'false' };
const noLogs = { LOG_LEVEL: 'silent' };

function library(name: string, own: Record<string, string>, isTraced = true): Contender {
  const environment = { METRICS_PORT: '0', ...own };
  return { name, kind: 'library', environment, preload: isTraced ? libraryPreload : undefined };
}

function recipe(name: string, ratio: string): Contender {
  return { name, kind: 'recipe', preload: recipePreload, environment: sampled(ratio) };
}

/** Each pillar alone, and all together. */
export const contenders = {
  bare: { name: 'bare Express', kind: 'bare' },
  metrics: library('metrics alone', noLogs, false),
  logs: library('logs alone', noMetrics, false),
  traces10: library('traces alone, 10 %', { ...noMetrics, ...noLogs, ...sampled('0.1') }),
  traces100: library('traces alone, 100 %', { ...noMetrics, ...noLogs, ...sampled('1') }),
  all10: library('three pillars, 10 %', sampled('0.1')),
  all100: library('three pillars, 100 %', sampled('1')),
  recipe10: recipe('default recipe, 10 %', '0.1'),
  recipe100: recipe('default recipe, 100 %', '1'),
} as const satisfies Record<string, Contender>;

interface Usage {
  readonly cpuMicros: number;
  /** The event loop's busy time. */
  readonly activeMs: number;
  readonly rssBytes: number;
  readonly longestBlockMs: number;
}

export type Service = Awaited<ReturnType<typeof startService>>;

// The service has one core to itself; the load, the collector and the database have another.
const serviceCore = '0';
const otherCore = '1';

/** Starts a contender on its core; its log lines are dropped. */
export async function startService(
  contender: Contender,
  environment: Readonly<Record<string, string>> = {},
) {
  const { kind, preload } = contender;
  const startedAt = performance.now();
  const child = fork(join(import.meta.dirname, 'subjects/contender.ts'), [kind], {
    execPath: 'taskset',
    execArgv: [
      ...['-c', serviceCore, process.execPath],
      ...(preload === undefined ? [] : ['--import', preload]),
    ],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...{ PATH: process.env.PATH, NODE_ENV: 'production' },
      ...contender.environment,
      ...environment,
    },
  });
  const addresses = await nextMessage<{ port: number; managementAddress?: string }>(child);
  return {
    contender,
    ...addresses,
    /** From the start of the process until it accepts requests. */
    startMs: performance.now() - startedAt,
    /** Also watches the longest block of the event loop until the next call, if `watch` is sent. */
    readUsage(request: 'usage' | 'watch' = 'usage'): Promise<Usage> {
      child.send(request);
      return nextMessage(child);
    },
    async stop(): Promise<void> {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Rejects when the child exits instead. */
export async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const abort = new AbortController();
  const died = once(child, 'exit', abort).then(() => {
    throw new Error('Expected a message of the process, but it exited. See its output above.');
  });
  try {
    const [message] = await Promise.race([once(child, 'message', abort), died]);
    return message as T;
  } finally {
    died.catch(() => {});
    abort.abort();
  }
}

/** Moves this process, and those that it starts, to the other core. */
export function leaveServiceCore(): void {
  execFileSync('taskset', ['-a', '-c', '-p', otherCore, String(process.pid)], { stdio: 'ignore' });
}

/** The shipped files of the library are measured. */
export function buildLibrary(): void {
  const compiler = join(packageFolder, '../../node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: packageFolder });
}
