import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, StackError } from '../stack-error.ts';
import type { ComponentState } from '../state-file.ts';
import { type Child, type Launch, startChild } from './child.ts';
import { logTail } from './logs.ts';
import { describeProbe, type Probe, runProbe } from './probe.ts';
import { signalGroup, stopGroup } from './process-group.ts';

export interface ComponentSpec {
  name: string;
  /** Dependencies that must be ready first. */
  startsAfter: string[];
  /** Prepares the process; called before every start. */
  launch(): Promise<Launch> | Launch;
  probe: Probe;
  readyTimeoutMs: number;
  /** Costs only itself when it can't start. */
  isOptional?: boolean;
  state: ComponentState;
}

/** One component's process, restarted after each crash until it is stopped. */
export type ComponentProcess = ReturnType<typeof createComponentProcess>;

const probeIntervalMs = 50;
const firstBackoffMs = 250;
const maximumBackoffMs = 15_000;
// A process that lived this long has recovered; its next death starts at the first backoff again.
const recoveredAfterMs = 60_000;

interface Run {
  readonly spec: ComponentSpec;
  readonly onChange: () => void;
  child?: Child | undefined;
  isWanted: boolean;
  /** The start or restart in progress: a stop waits for it, so that no process starts afterwards. */
  pendingStart: Promise<void>;
  backoffMs: number;
  cancelRestart: AbortController;
}

function change({ spec, onChange }: Run, changes: Partial<ComponentState>): void {
  Object.assign(spec.state, changes);
  onChange();
}

async function spawnChild(run: Run): Promise<Child> {
  const { name, state } = run.spec;
  const launch = await run.spec.launch();
  if (!run.isWanted) throw new StackError(`${name} was stopped during its preparation.`);
  const spawned = await startChild(launch, state.logFile).catch((error) => {
    throw new StackError(`Could not start ${name}: ${messageOf(error)}`, { cause: error });
  });
  run.child = spawned;
  change(run, { process: spawned.identity, spawnedAtMs: Date.now() });
  void spawned.exited.then((how) => onExit(run, spawned, how));
  return spawned;
}

async function waitUntilReady(run: Run, child: Child): Promise<void> {
  const { name, probe, readyTimeoutMs, state } = run.spec;
  const tail = () => `The end of \`${state.logFile}\`:\n${logTail(state.logFile)}`;
  const deadline = performance.now() + readyTimeoutMs;
  while (!child.hasExited()) {
    const { isReady, answer } = await runProbe(probe);
    if (isReady && !child.hasExited()) {
      return change(run, { phase: 'ready', readyAtMs: Date.now() });
    }
    if (performance.now() > deadline) {
      throw new StackError(
        `Expected ${name} to be ready within ${readyTimeoutMs / 1000} s, ` +
          `got \`${answer}\` from \`${describeProbe(probe)}\`. ${tail()}`,
      );
    }
    await Promise.race([sleep(probeIntervalMs), child.exited]);
  }
  throw new StackError(`Expected ${name} to stay up, but it ${await child.exited}. ${tail()}`);
}

function onExit(run: Run, exited: Child, how: string): void {
  if (run.child !== exited) return;
  const { state } = run.spec;
  run.child = undefined;
  delete state.process;
  const wasReady = state.phase === 'ready';
  change(run, { lastExit: how, phase: run.isWanted ? 'failed' : 'stopped' });
  if (!run.isWanted || !wasReady) return;
  if (Date.now() - (state.readyAtMs ?? 0) > recoveredAfterMs) run.backoffMs = firstBackoffMs;
  run.pendingStart = restartLater(run);
}

async function restartLater(run: Run): Promise<void> {
  const { signal } = run.cancelRestart;
  while (run.isWanted && !signal.aborted) {
    change(run, { phase: 'restarting' });
    await sleep(run.backoffMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    run.backoffMs = Math.min(run.backoffMs * 2, maximumBackoffMs);
    run.spec.state.restarts += 1;
    try {
      return await waitUntilReady(run, await spawnChild(run));
    } catch (error) {
      change(run, { lastExit: messageOf(error).split('\n')[0] ?? '' });
      if (run.child) await stopGroup(run.child.identity, 'SIGKILL', 0);
    }
  }
}

/** `onChange` is called after every change of the component's state. */
export function createComponentProcess(spec: ComponentSpec, onChange: () => void) {
  const run: Run = {
    spec,
    onChange,
    isWanted: false,
    pendingStart: Promise.resolve(),
    backoffMs: firstBackoffMs,
    cancelRestart: new AbortController(),
  };
  return {
    start: async (): Promise<void> => {
      run.isWanted = true;
      run.cancelRestart = new AbortController();
      change(run, { phase: 'starting' });
      const started = spawnChild(run).then((child) => waitUntilReady(run, child));
      run.pendingStart = started.catch(() => {});
      await started;
    },
    stop: async (): Promise<void> => {
      run.isWanted = false;
      run.cancelRestart.abort();
      const { child } = run;
      if (child) {
        await stopGroup(child.identity, spec.state.stopSignal, spec.state.stopTimeoutMs);
        await child.exited;
      }
      await run.pendingStart;
      change(run, { phase: 'stopped' });
    },
    /** Sends the signal to the whole group; a process that dies of it is restarted. */
    signal: (signal: NodeJS.Signals): void => {
      if (run.child) signalGroup(run.child.identity.pid, signal);
    },
  };
}
