import { StackError, type StackState } from '@watchkeeper/stack';
import type { CleanupStep } from '@watchkeeper/stack/dead-mans-switch/step';
import { isAlive, type ProcessIdentity } from '@watchkeeper/stack/process-identity';
import { signalGroup, stopGroup } from '@watchkeeper/stack/supervision/process-group';
import { waitUntil } from '../observation/wait-until.ts';
import type { Controls } from './native.ts';

const readyTimeoutMs = 120_000;

/**
 * For a system whose supervisor is another process, which restarts any component that ends: while
 * one is to stay down, the supervisor is frozen.
 */
export function createAttachedControls(read: () => StackState): Controls {
  const { supervisor } = read();
  let halted = 0;

  function processOf(component: string): ProcessIdentity {
    const running = read().components[component]?.process;
    if (running && isAlive(running)) return running;
    throw new StackError(`Expected \`${component}\` to run, but it does not.`);
  }

  function ready(component: string, since?: ProcessIdentity): Promise<unknown> {
    return waitUntil(
      `${component} to be ready again`,
      () => {
        const { phase, process: running } = read().components[component] ?? {};
        const isAnother = since === undefined || running?.pid !== since.pid;
        return phase === 'ready' && running !== undefined && isAnother && isAlive(running);
      },
      { timeoutMs: readyTimeoutMs },
    );
  }

  async function halt(component: string) {
    const running = processOf(component);
    const { stopSignal, stopTimeoutMs } = read().components[component] ?? {
      stopSignal: 'SIGTERM' as const,
      stopTimeoutMs: 15_000,
    };
    halted += 1;
    process.kill(supervisor.pid, 'SIGSTOP');
    await stopGroup(running, stopSignal, stopTimeoutMs);
    return {
      description: `${component} stopped, its supervisor frozen`,
      cleanup: [{ kind: 'signal', ...supervisor, signal: 'SIGCONT' } satisfies CleanupStep],
      async undo() {
        halted -= 1;
        if (halted === 0 && isAlive(supervisor)) process.kill(supervisor.pid, 'SIGCONT');
        await ready(component, running);
      },
    };
  }

  async function restart(component: string): Promise<void> {
    const running = processOf(component);
    signalGroup(running.pid, read().components[component]?.stopSignal ?? 'SIGTERM');
    await ready(component, running);
  }

  return {
    halt,
    async pause(component) {
      const running = processOf(component);
      signalGroup(running.pid, 'SIGSTOP');
      return {
        description: `${component} frozen`,
        cleanup: [{ kind: 'signal', ...running, signal: 'SIGCONT' } satisfies CleanupStep],
        undo: async () => signalGroup(running.pid, 'SIGCONT'),
      };
    },
    async kill(component) {
      const running = processOf(component);
      signalGroup(running.pid, 'SIGKILL');
      return {
        description: `${component} killed`,
        cleanup: [],
        undo: async () => void (await ready(component, running)),
      };
    },
    restart,
    restartCleanup: (component) => [
      { kind: 'signal', ...processOf(component), signal: 'SIGTERM' } satisfies CleanupStep,
    ],
    // It was started by somebody else.
    stop: async () => {},
  };
}
