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

type StackOptions = NonNullable<Parameters<typeof startStack>[0]>;

// As shipped, the inbox waits three minutes for a heartbeat; its variable is in whole seconds.
const heartbeatSeconds = 180;
// Few accounts, so that all are signed in before the first drill, and each busy. A window of
// compressed time holds a fraction of the visits, so rare ones are made more likely by as much.
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

/** What watches, without what is watched. */
const monitoring = [
  ...['oncall', 'postgres', 'prometheus', 'alertmanager'],
  ...['node-exporter', 'postgres-exporter', 'blackbox-exporter'],
];

/** Starts the system natively on free ports with time compressed, for drills alone. */
export async function startOwnStack(
  options: Pick<StackOptions, 'onProgress' | 'signal'> & {
    readonly timeFactor: number;
    /** Everything by default. */
    readonly part?: 'monitoring';
  },
): Promise<DrillSystem> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'watchkeeper-drills-'));
  // Where PostgreSQL's user can't enter, its data are put elsewhere, and nothing removes them.
  chmodSync(stateFolder, 0o711);
  // Without Jaeger something has to receive the spans, or none is made that could be dropped.
  const collector = findOnPath(['jaeger']) ? undefined : await startCollectorSink();
  const clean = () => {
    collector?.close();
    rmSync(stateFolder, { recursive: true, force: true });
  };
  const { timeFactor, part, ...others } = options;
  try {
    const stack = await startStack({
      stateFolder: join(stateFolder, 'state'),
      monitoringFolder: copyMonitoring(join(stateFolder, 'monitoring'), timeFactor),
      ports: 'free',
      ...{ timeFactor, ...others },
      ...(part === 'monitoring' ? { components: monitoring } : {}),
      // A small machine starts eleven programs at once.
      readyTimeoutMs: 180_000,
      environment: {
        traffic: trafficOf(timeFactor),
        // Few accounts ask all the questions.
        api: { ASSISTANT_QUESTIONS_PER_DAY: '100000' },
        oncall: {
          HEARTBEAT_TIMEOUT_SECONDS: String(Math.max(1, Math.round(heartbeatSeconds / timeFactor))),
        },
      },
      ...(collector ? { otlpEndpoint: collector.url } : {}),
    });
    // A fault that keeps accounts from signing up would disturb every later drill.
    const areReady = part === 'monitoring' ? undefined : waitForTrafficAccounts(stack);
    await areReady?.catch(async (error: unknown) => {
      await stack.stop();
      throw error;
    });
    return createNativeSystem(stack.folder, () => stack.state, controlsOf(stack, clean));
  } catch (error) {
    clean();
    throw error;
  }
}

// If this process dies, the stack's dead man's switch stops the stack, so nothing needs a cleanup.
function controlsOf(stack: Stack, clean: () => void): Controls {
  const fault = (description: string, undo: () => Promise<void>): InjectedFault => ({
    description,
    undo,
    cleanup: [],
  });
  return {
    async halt(component) {
      await stack.halt(component);
      return fault(`${component} stopped`, () => stack.resume(component));
    },
    async pause(component) {
      stack.signal(component, 'SIGSTOP');
      return fault(`${component} frozen`, async () => stack.signal(component, 'SIGCONT'));
    },
    async kill(component) {
      stack.kill(component);
      return fault(`${component} killed`, async () => {});
    },
    restart: (component) => stack.restart(component),
    reload: (component) => stack.signal(component, 'SIGHUP'),
    restartCleanup: () => [],
    async stop() {
      await stack.stop();
      clean();
    },
  };
}
