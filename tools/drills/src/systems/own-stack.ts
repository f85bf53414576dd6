import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '@watchkeeper/stack';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import { startCollectorSink } from '@watchkeeper/testing/collector-sink';
import { type Controls, createNativeSystem } from './native.ts';
import { copyMonitoring } from './own-monitoring.ts';
import type { DrillSystem, InjectedFault } from './system.ts';
import { waitForTrafficAccounts } from './traffic-accounts.ts';

/** How a stack of the drills' own is to be. */
export interface OwnStackOptions {
  readonly timeFactor: number;
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

// Three minutes are what the inbox waits for a beat as shipped; its variable is in whole seconds.
const heartbeatSeconds = 180;
// Few people, so that all are there soon, before the first drill; they do a lot each. A window of
// compressed time holds a fraction of the visits: rare ones are made likelier by as much.
function trafficOf(timeFactor: number): NodeJS.ProcessEnv {
  return {
    TRAFFIC_RATE: '20',
    TRAFFIC_SEED: '1',
    TRAFFIC_RARE_FACTOR: String(Math.min(20, timeFactor)),
    TRAFFIC_CUSTOMERS: '24',
    TRAFFIC_COURIERS: '6',
    TRAFFIC_RESTAURANTS: '3',
    TRAFFIC_SIGN_UPS_PER_SECOND: '4',
    TRAFFIC_STEP_SECONDS: String(5 / timeFactor),
  };
}

/** Starts the whole system natively on free ports with time compressed, for drills alone. */
export async function startOwnStack(options: OwnStackOptions): Promise<DrillSystem> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'watchkeeper-drills-'));
  // Where PostgreSQL's user can't pass through, its data get a home elsewhere, which nobody removes.
  chmodSync(stateFolder, 0o711);
  // Without Jaeger somebody has to take the spans, or none is made that could be dropped.
  const collector = findOnPath(['jaeger'], process.env.PATH)
    ? undefined
    : await startCollectorSink();
  const clean = () => {
    collector?.close();
    rmSync(stateFolder, { recursive: true, force: true });
  };
  const { onProgress, signal, timeFactor } = options;
  try {
    const stack = await startStack({
      stateFolder: join(stateFolder, 'state'),
      monitoringFolder: copyMonitoring(join(stateFolder, 'monitoring'), timeFactor),
      ports: 'free',
      timeFactor,
      // A small machine starts eleven programs at once.
      readyTimeoutMs: 180_000,
      environment: {
        traffic: trafficOf(timeFactor),
        // Few people ask all the questions.
        api: { ASSISTANT_QUESTIONS_PER_DAY: '100000' },
        oncall: {
          HEARTBEAT_TIMEOUT_SECONDS: String(Math.max(1, Math.round(heartbeatSeconds / timeFactor))),
        },
      },
      ...(collector ? { otlpEndpoint: collector.url } : {}),
      ...(onProgress ? { onProgress } : {}),
      ...(signal ? { signal } : {}),
    });
    // A fault that keeps people from signing up would be felt by every drill after it.
    await waitForTrafficAccounts(stack).catch(async (error: unknown) => {
      await stack.stop();
      throw error;
    });
    return createNativeSystem(stack.folder, () => stack.state, controlsOf(stack, clean));
  } catch (error) {
    clean();
    throw error;
  }
}

// If this process dies, the stack's dead man's switch stops the stack: nothing needs a cleanup.
function controlsOf(stack: Stack, clean: () => void): Controls {
  const undo = (what: string, undo: () => Promise<void>): InjectedFault => ({
    what,
    undo,
    rescue: [],
  });
  return {
    async halt(component) {
      await stack.halt(component);
      return undo(`${component} stopped`, () => stack.resume(component));
    },
    async pause(component) {
      stack.signal(component, 'SIGSTOP');
      return undo(`${component} frozen`, async () => stack.signal(component, 'SIGCONT'));
    },
    async kill(component) {
      stack.kill(component);
      return undo(`${component} killed`, async () => {});
    },
    restart: (component) => stack.restart(component),
    rescueRestart: () => [],
    async stop() {
      await stack.stop();
      clean();
    },
  };
}
