import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, StackError } from '../stack-error.ts';
import type { ComponentState } from '../state-file.ts';
import { type Child, type Launch, startChild } from './child.ts';
import { logTail } from './log-tail.ts';
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
  state: ComponentState;
}

/** One component's process, restarted after each crash until it is stopped. */
export interface ComponentProcess {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Sends the signal to the whole group; a process that dies of it is restarted. */
  signal(signal: NodeJS.Signals): void;
}

const probeIntervalMs = 50;
const firstBackoffMs = 250;
const maximumBackoffMs = 15_000;
// A process that lived this long has recovered; its next death starts at the first backoff again.
const recoveredAfterMs = 60_000;

/** `onChange` is called after every change of the component's state. */
export function createComponentProcess(
  spec: ComponentSpec,
  onChange: () => void,
): ComponentProcess {
  const { name, probe, state } = spec;
  let child: Child | undefined;
  let isWanted = false;
  // The start or restart in progress: a stop waits for it, so that no process starts afterwards.
  let pendingStart: Promise<void> = Promise.resolve();
  let backoffMs = firstBackoffMs;
  let cancelRestart = new AbortController();

  function change(changes: Partial<ComponentState>): void {
    Object.assign(state, changes);
    onChange();
  }

  function tail(): string {
    return `The end of \`${state.logFile}\`:\n${logTail(state.logFile)}`;
  }

  async function spawnChild(): Promise<Child> {
    const launch = await spec.launch();
    if (!isWanted) throw new StackError(`${name} was stopped during its preparation.`);
    const spawned = await startChild(launch, state.logFile).catch((error) => {
      throw new StackError(`Could not start ${name}: ${messageOf(error)}`, { cause: error });
    });
    child = spawned;
    change({ process: spawned.identity, spawnedAtMs: Date.now() });
    void spawned.exited.then((how) => onExit(spawned, how));
    return spawned;
  }

  async function waitUntilReady(running: Child): Promise<void> {
    const deadline = performance.now() + spec.readyTimeoutMs;
    while (!running.hasExited()) {
      const { isReady, answer } = await runProbe(probe);
      if (isReady && !running.hasExited()) return change({ phase: 'ready', readyAtMs: Date.now() });
      if (performance.now() > deadline) {
        throw new StackError(
          `Expected ${name} to be ready within ${spec.readyTimeoutMs / 1000} s, ` +
            `got \`${answer}\` from \`${describeProbe(probe)}\`. ${tail()}`,
        );
      }
      await Promise.race([sleep(probeIntervalMs), running.exited]);
    }
    const how = await running.exited;
    throw new StackError(`Expected ${name} to stay up, but it ${how}. ${tail()}`);
  }

  function onExit(exited: Child, how: string): void {
    if (child !== exited) return;
    child = undefined;
    delete state.process;
    const wasReady = state.phase === 'ready';
    change({ lastExit: how, phase: isWanted ? 'failed' : 'stopped' });
    if (!isWanted || !wasReady) return;
    if (Date.now() - (state.readyAtMs ?? 0) > recoveredAfterMs) backoffMs = firstBackoffMs;
    pendingStart = restartLater();
  }

  async function restartLater(): Promise<void> {
    const { signal } = cancelRestart;
    while (isWanted && !signal.aborted) {
      change({ phase: 'restarting' });
      await sleep(backoffMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      backoffMs = Math.min(backoffMs * 2, maximumBackoffMs);
      state.restarts += 1;
      try {
        return await waitUntilReady(await spawnChild());
      } catch (error) {
        change({ lastExit: messageOf(error).split('\n')[0] ?? '' });
        if (child) await stopGroup(child.identity, 'SIGKILL', 0);
      }
    }
  }

  return {
    start: async () => {
      isWanted = true;
      cancelRestart = new AbortController();
      change({ phase: 'starting' });
      const started = spawnChild().then(waitUntilReady);
      pendingStart = started.catch(() => {});
      await started;
    },
    stop: async () => {
      isWanted = false;
      cancelRestart.abort();
      const stopping = child;
      if (stopping) {
        await stopGroup(stopping.identity, state.stopSignal, state.stopTimeoutMs);
        await stopping.exited;
      }
      await pendingStart;
      change({ phase: 'stopped' });
    },
    signal: (signal) => {
      if (child) signalGroup(child.identity.pid, signal);
    },
  };
}
