import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Component, RunContext } from './components/component.ts';
import { goMemory } from './components/from-compose.ts';
import { startsAfter } from './components/monitoring.ts';
import { databaseUrl } from './components/postgres.ts';
import { startDeadMansSwitch } from './dead-mans-switch/start.ts';
import { describeLoaded, waitUntilLoaded } from './loaded.ts';
import { absenceCostOf } from './programs.ts';
import { operatorHeaders } from './secrets.ts';
import { type ComponentState, type StackState, writeState } from './state-file.ts';
import type { StateFolder } from './state-folder.ts';
import type { ComponentSpec } from './supervision/component-process.ts';
import { startBoundingLogs } from './supervision/logs.ts';
import { createSupervisor, inStartOrder, type Supervisor } from './supervision/supervisor.ts';

/** A running system. */
export interface Stack {
  /** As `http://127.0.0.1:9090`; the component's first port by default. */
  address(component: string, port?: string): string;
  /** The database's URL with the owner's password. */
  readonly databaseUrl: string;
  readonly folder: StateFolder;
  readonly state: StackState;
  /** Sends a request to an app's management server, as an operator. */
  manage(app: string, path: string, init?: RequestInit): Promise<Response>;
  /** Stops everything, last started first. */
  stop(): Promise<void>;
  /** Stops one and starts it again; resolves when it is ready. */
  restart(component: string): Promise<void>;
  /** Stops one and leaves it down. */
  halt(component: string): Promise<void>;
  /** Starts one that was halted; resolves when it is ready. */
  resume(component: string): Promise<void>;
  /** Kills one as a crash would; it is restarted as after a crash. */
  kill(component: string): void;
  /** Sends a signal to all processes of one: SIGSTOP makes it hang, SIGCONT go on. */
  signal(component: string, signal: NodeJS.Signals): void;
}

/** A run that is configured but not started. */
export interface PreparedRun {
  components: Component[];
  context: RunContext;
  state: StackState;
  environment: Record<string, NodeJS.ProcessEnv>;
  readyTimeoutMs: number;
  onProgress: (message: string) => void;
  /** Unlocks the state folder. */
  release: () => void;
  signal?: AbortSignal;
}

// Ours stop within the deadline of their own shutdown phases; databases finish what they write.
const stopTimeoutMs = 15_000;

// Variables of test runners and package managers, and those with which libpq would change our own
// addresses.
const dropped =
  /^(NODE_OPTIONS$|NODE_V8_COVERAGE$|NODE_CHANNEL_|JEST_|npm_|PG[A-Z]|PORT$|WATCHKEEPER_)/;

/** The base of every child's environment. */
function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !dropped.test(name)));
}

function createState(component: Component, context: RunContext): ComponentState {
  const { name, ports } = component;
  const numbers = Object.keys(ports).map((port) => [port, context.port(name, port)]);
  return {
    phase: 'waiting',
    address: component.address?.(context) ?? context.url(name),
    ports: Object.fromEntries(numbers),
    version: context.program(name).version,
    restarts: 0,
    logFile: join(context.folder.logs, `${name}.out.log`),
    stopSignal: component.stopSignal ?? 'SIGTERM',
    stopTimeoutMs,
  };
}

function createSpec(component: Component, run: PreparedRun): ComponentSpec {
  const { context } = run;
  const { name } = component;
  return {
    name,
    startsAfter: startsAfter(component, context),
    launch: async () => {
      // PostgreSQL finds a home for itself.
      if (component.source.kind !== 'postgres') {
        mkdirSync(join(context.folder.data, name), { recursive: true, mode: 0o700 });
      }
      const launch = await component.launch(context);
      const defaults = { command: context.program(name).path, cwd: context.folder.data };
      const base = childEnvironment(context.settings.environment);
      const bounded = ['app', 'script'].includes(component.source.kind)
        ? base
        : { ...base, ...goMemory(name) };
      const env = { ...bounded, ...launch.env, ...run.environment[name] };
      return { ...defaults, ...launch, env };
    },
    probe: component.probe(context),
    readyTimeoutMs: run.readyTimeoutMs,
    isOptional: absenceCostOf(component.source) !== undefined,
    state: createState(component, context),
  };
}

/** Writes the state after every change, and reports each component that has become ready. */
function createRecorder(run: PreparedRun): () => void {
  const reported = new Map<string, number>();
  return () => {
    writeState(run.context.folder.stateFile, run.state);
    for (const [name, { phase, spawnedAtMs = 0, readyAtMs = 0 }] of Object.entries(
      run.state.components,
    )) {
      if (phase !== 'ready' || reported.get(name) === readyAtMs) continue;
      reported.set(name, readyAtMs);
      run.onProgress(`${name} is ready after ${((readyAtMs - spawnedAtMs) / 1_000).toFixed(1)} s`);
    }
  };
}

/** A start that watches nothing, because no rule or target was found, is a failed one. */
async function confirmLoaded({ context, state, readyTimeoutMs, onProgress }: PreparedRun) {
  if (!context.has('prometheus')) return;
  const folder = join(context.folder.config, 'prometheus');
  state.loaded = await waitUntilLoaded(folder, context.url('prometheus'), readyTimeoutMs);
  onProgress(describeLoaded(state.loaded));
}

/** Lists optional components that did not start with the absent ones. */
function noteFailures({ components, state }: PreparedRun): void {
  for (const { name, source } of components) {
    const { phase, lastExit: reason = 'unknown' } = state.components[name] ?? {};
    const cost = absenceCostOf(source);
    if (phase === 'failed' && cost !== undefined) state.absent.push({ name, reason, cost });
  }
}

function createStack(run: PreparedRun, supervisor: Supervisor, stop: () => Promise<void>): Stack {
  const { context, state } = run;
  return {
    address: (component, port) => context.url(component, port),
    get databaseUrl() {
      return databaseUrl(context);
    },
    manage: (app, path, init) =>
      fetch(`${context.url(app, 'management')}${path}`, {
        ...init,
        headers: operatorHeaders(context.folder),
      }),
    folder: context.folder,
    state,
    stop,
    restart: async (component) => {
      await supervisor.component(component).stop();
      await supervisor.component(component).start();
    },
    halt: (component) => supervisor.component(component).stop(),
    resume: (component) => supervisor.component(component).start(),
    kill: (component) => supervisor.component(component).signal('SIGKILL'),
    signal: (component, signal) => supervisor.component(component).signal(signal),
  };
}

/** Starts the processes under a supervisor, with a dead man's switch that stops them if it dies. */
export async function startSupervision(run: PreparedRun): Promise<Stack> {
  const { state } = run;
  const specs = inStartOrder(run.components.map((component) => createSpec(component, run)));
  state.components = Object.fromEntries(specs.map(({ name, state }) => [name, state]));
  const record = createRecorder(run);
  const supervisor = createSupervisor(specs, record);
  record();
  const deadMansSwitch = startDeadMansSwitch();
  deadMansSwitch.arm([{ kind: 'stop-recorded', stateFile: run.context.folder.stateFile }]);
  const endBounding = startBoundingLogs(specs.map(({ state }) => state.logFile));

  async function stop(): Promise<void> {
    if (state.phase === 'stopped') return;
    state.phase = 'stopping';
    await supervisor.stop();
    state.phase = 'stopped';
    record();
    endBounding();
    deadMansSwitch.dismiss();
    run.release();
  }
  const onAbort = () => void stop();
  run.signal?.addEventListener('abort', onAbort);
  try {
    await supervisor.start();
    run.signal?.throwIfAborted();
    await confirmLoaded(run);
    noteFailures(run);
  } catch (error) {
    await stop();
    throw run.signal?.aborted ? run.signal.reason : error;
  } finally {
    run.signal?.removeEventListener('abort', onAbort);
  }
  state.phase = 'ready';
  state.timeline.readyAtMs = Date.now();
  record();
  return createStack(run, supervisor, stop);
}
