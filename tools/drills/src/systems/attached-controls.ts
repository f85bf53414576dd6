import { StackError, type StackState } from '@watchkeeper/stack';
import { isAlive, type ProcessIdentity } from '@watchkeeper/stack/process-identity';
import { signalGroup, stopGroup } from '@watchkeeper/stack/supervision/process-group';
import { waitUntil } from '../observation/wait-until.ts';
import type { Controls } from './native.ts';

const readyTimeoutMs = 120_000;
const defaultStop = { stopSignal: 'SIGTERM', stopTimeoutMs: 15_000 } as const;

type ReadState = () => StackState;

/**
 * For a system whose supervisor is another process, which restarts any component that ends: while
 * one is to stay down, the supervisor is frozen.
 */
export function createAttachedControls(read: ReadState): Controls {
  return {
    halt: createHalt(read),
    async pause(component) {
      const running = processOf(read, component);
      signalGroup(running.pid, 'SIGSTOP');
      return {
        description: `${component} frozen`,
        cleanup: [{ kind: 'signal', ...running, signal: 'SIGCONT' }],
        undo: async () => signalGroup(running.pid, 'SIGCONT'),
      };
    },
    async kill(component) {
      const running = processOf(read, component);
      signalGroup(running.pid, 'SIGKILL');
      return {
        description: `${component} killed`,
        cleanup: [],
        undo: () => waitForRestart(read, component, running),
      };
    },
    async restart(component) {
      const running = processOf(read, component);
      signalGroup(running.pid, read().components[component]?.stopSignal ?? 'SIGTERM');
      await waitForRestart(read, component, running);
    },
    reload: (component) => signalGroup(processOf(read, component).pid, 'SIGHUP'),
    restartCleanup: (component) => [
      { kind: 'signal', ...processOf(read, component), signal: 'SIGTERM' },
    ],
    // It was started by somebody else.
    stop: async () => {},
  };
}

function createHalt(read: ReadState): Controls['halt'] {
  const { supervisor } = read();
  let halted = 0;
  return async (component) => {
    const running = processOf(read, component);
    const { stopSignal, stopTimeoutMs } = read().components[component] ?? defaultStop;
    halted += 1;
    process.kill(supervisor.pid, 'SIGSTOP');
    await stopGroup(running, stopSignal, stopTimeoutMs);
    return {
      description: `${component} stopped, its supervisor frozen`,
      cleanup: [{ kind: 'signal', ...supervisor, signal: 'SIGCONT' }],
      async undo() {
        halted -= 1;
        if (halted === 0 && isAlive(supervisor)) process.kill(supervisor.pid, 'SIGCONT');
        await waitForRestart(read, component, running);
      },
    };
  };
}

function processOf(read: ReadState, component: string): ProcessIdentity {
  const running = read().components[component]?.process;
  if (running && isAlive(running)) return running;
  throw new StackError(`Expected \`${component}\` to run, but it does not.`);
}

/** Waits until another process than the one before is ready. */
async function waitForRestart(read: ReadState, component: string, before: ProcessIdentity) {
  const isReady = () => {
    const { phase, process: running } = read().components[component] ?? {};
    const isAnother = running !== undefined && running.pid !== before.pid;
    return phase === 'ready' && isAnother && isAlive(running);
  };
  await waitUntil(`${component} to be ready again`, isReady, { timeoutMs: readyTimeoutMs });
}
