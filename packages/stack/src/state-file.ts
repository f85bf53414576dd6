import { readFileSync } from 'node:fs';
import { replaceDurably } from './durable-file.ts';
import type { Loaded } from './loaded.ts';
import { isAlive, isIdentity, type ProcessIdentity } from './process-identity.ts';
import { StackError } from './stack-error.ts';

export interface ComponentState {
  phase: 'waiting' | 'starting' | 'ready' | 'restarting' | 'stopped' | 'failed';
  /** The leader of the component's process group, while it runs. */
  process?: ProcessIdentity;
  address: string;
  ports: Record<string, number>;
  version: string;
  restarts: number;
  /** A description of its last end. */
  lastExit?: string;
  logFile: string;
  stopSignal: NodeJS.Signals;
  stopTimeoutMs: number;
  /** Milliseconds since the epoch. */
  spawnedAtMs?: number;
  readyAtMs?: number;
}

/** An optional component that does not run; `cost` is the feature that is missing. */
export interface AbsentComponent {
  name: string;
  reason: string;
  cost: string;
}

export interface StackState {
  phase: 'starting' | 'ready' | 'stopping' | 'stopped';
  supervisor: ProcessIdentity;
  timeFactor: number;
  /** Dependencies first: stopped from the end. */
  components: Record<string, ComponentState>;
  absent: AbsentComponent[];
  /** What Prometheus has loaded of its configuration, where it takes part. */
  loaded?: Loaded;
  /** The end of each phase of the start, in milliseconds since the epoch. */
  timeline: {
    startedAtMs: number;
    toolsFoundAtMs?: number;
    configuredAtMs?: number;
    readyAtMs?: number;
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Of another shape, no process in it could be told from any other. */
function isWhole(value: unknown): value is StackState {
  const { supervisor, components, absent } = (value ?? {}) as Partial<StackState>;
  return (
    isIdentity(supervisor) &&
    isObject(components) &&
    Object.values(components).every(isObject) &&
    Array.isArray(absent)
  );
}

/**
 * Undefined when nothing has ever run in this folder, and for the rest that a power cut left: no
 * process survived that.
 */
export function readState(stateFile: string): StackState | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(stateFile, 'utf8'));
    return isWhole(state) ? state : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw new StackError(
      `Expected \`${stateFile}\` to be a file that can be read, got ${code}. Delete it, or make it ` +
        'readable, and try again.',
      { cause: error },
    );
  }
}

export function writeState(stateFile: string, state: StackState): void {
  replaceDurably(stateFile, JSON.stringify(state, undefined, 2), 0o600);
}

/** Whether the supervisor that wrote the state still runs. */
export function isRunning(state: StackState | undefined): state is StackState {
  return state !== undefined && state.phase !== 'stopped' && isAlive(state.supervisor);
}
