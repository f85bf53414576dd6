import { join } from 'node:path';
import type { Component, RunContext } from './components/component.ts';
import { behindGate } from './components/gate.ts';
import { allComponents, portVariables } from './components/index.ts';
import { allowedTimeFactor, configure } from './configure.ts';
import { readLockHolder, tryLock } from './lock.ts';
import { identify } from './process-identity.ts';
import { findPrograms } from './programs.ts';
import { assignAllPorts, createRunContext } from './run-context.ts';
import { createSecrets } from './secrets.ts';
import { readEnvironment, readSettings, type Settings } from './settings.ts';
import { StackError } from './stack-error.ts';
import { type Stack, startSupervision } from './start-supervision.ts';
import { isRunning, readState, type StackState, writeState } from './state-file.ts';
import {
  createStateFolder,
  repositoryRoot,
  type StateFolder,
  stateFolderAt,
  stateRootOf,
} from './state-folder.ts';
import { stopRecorded } from './supervision/stop-recorded.ts';
import type { ToolOptions } from './tools/ensure-tools.ts';

export interface StackOptions {
  /** WATCHKEEPER_HOME or `.watchkeeper` in the checkout by default. */
  stateFolder?: string;
  /** `fixed` (the default): the numbers people know; `free`: any, for tests that run side by side. */
  ports?: 'fixed' | 'free';
  /** By how much rules, scrapes and groupings are faster than shipped; 1 changes nothing. */
  timeFactor?: number;
  /** More variables, by component; these win over all others. */
  environment?: Record<string, NodeJS.ProcessEnv>;
  /** Only these, by name; all by default. */
  components?: string[];
  /** The receiver of traces, OTLP over HTTP; Jaeger by default, where it runs. */
  otlpEndpoint?: string;
  /** The time limit for each component to become ready; a minute by default. */
  readyTimeoutMs?: number;
  /** This checkout's by default. */
  appsFolder?: string;
  monitoringFolder?: string;
  tools?: ToolOptions;
  onProgress?: (message: string) => void;
  /** Cuts the start short; what has started is stopped. */
  signal?: AbortSignal;
}

function selectComponents(names: string[] | undefined): Component[] {
  if (!names) return allComponents;
  const known = allComponents.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return allComponents.filter(({ name }) => names.includes(name));
  throw new StackError(
    `Expected components, any of ${known.join(', ')}, got \`${unknown.join(', ')}\`.`,
    { exitCode: 2 },
  );
}

function initialState(timeFactor: number): StackState {
  const supervisor = identify(process.pid) ?? { pid: process.pid, startTime: '' };
  const timeline = { startedAtMs: Date.now() };
  return { phase: 'starting', supervisor, timeFactor, components: {}, absent: [], timeline };
}

async function prepare(
  options: StackOptions & Required<Pick<StackOptions, 'appsFolder' | 'monitoringFolder'>>,
  settings: Settings,
  folder: StateFolder,
  state: StackState,
): Promise<{ components: Component[]; context: RunContext }> {
  const { appsFolder, monitoringFolder, onProgress, otlpEndpoint } = options;
  const selected = selectComponents(options.components);
  const { environment } = settings;
  const { PATH } = environment;
  const toolOptions = { ...(PATH ? { path: PATH } : {}), ...(onProgress ? { onProgress } : {}) };
  const { found, absent } = await findPrograms(
    selected,
    { apps: appsFolder, monitoring: monitoringFolder },
    { ...toolOptions, ...options.tools },
  );
  state.absent = absent;
  state.timeline.toolsFoundAtMs = Date.now();
  const components = behindGate(selected.filter(({ name }) => found.has(name)));
  const context = createRunContext({
    components,
    settings,
    folder,
    timeFactor: state.timeFactor,
    appsFolder,
    programs: found,
    ports: await assignAllPorts(components, options.ports ?? 'fixed', settings),
    otlpEndpoint: otlpEndpoint ?? environment.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
  configure(components, monitoringFolder, context);
  state.timeline.configuredAtMs = Date.now();
  return { components, context };
}

async function claimFolder(folder: StateFolder): Promise<() => void> {
  createStateFolder(folder);
  createSecrets(folder);
  const release = tryLock(folder.lockFile);
  if (!release) {
    const pid = readLockHolder(folder.lockFile)?.pid;
    throw new StackError(`Expected nothing to run in \`${folder.root}\`, but process ${pid} does.`);
  }
  const previous = readState(folder.stateFile);
  // Its supervisor and its dead man's switch both died, and left their children behind.
  if (previous && !isRunning(previous)) await stopRecorded(folder.stateFile);
  return release;
}

/**
 * Starts the whole system, or the named part of it, and resolves when every component is ready.
 * Throws, with nothing left running, when one is not available or does not become ready.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const {
    appsFolder = join(repositoryRoot, 'apps'),
    monitoringFolder = join(repositoryRoot, 'monitoring'),
    environment = {},
    readyTimeoutMs = 60_000,
    onProgress = () => {},
    signal,
  } = options;
  const settings = readSettings(readEnvironment(), portVariables);
  const folder = stateFolderAt(options.stateFolder ?? stateRootOf(settings.environment));
  const timeFactor = allowedTimeFactor(monitoringFolder, options.timeFactor ?? 1);
  const release = await claimFolder(folder);
  const state = initialState(timeFactor);
  try {
    writeState(folder.stateFile, state);
    const all = { ...options, appsFolder, monitoringFolder };
    const prepared = await prepare(all, settings, folder, state);
    signal?.throwIfAborted();
    const run = { ...prepared, state, environment, readyTimeoutMs, onProgress, release };
    return await startSupervision({ ...run, ...(signal ? { signal } : {}) });
  } catch (error) {
    writeState(folder.stateFile, { ...state, phase: 'stopped' });
    release();
    throw error;
  }
}
