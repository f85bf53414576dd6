import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

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
  /** The end of each phase of the start, in milliseconds since the epoch. */
  timeline: {
    startedAtMs: number;
    toolsFoundAtMs?: number;
    configuredAtMs?: number;
    readyAtMs?: number;
  };
}

/** Undefined when nothing has ever run in this folder. */
export function readState(stateFile: string): StackState | undefined {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8')) as StackState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the state atomically: no reader and no crash ever leaves half of it. */
export function writeState(stateFile: string, state: StackState): void {
  const aside = `${stateFile}.${process.pid}`;
  writeFileSync(aside, JSON.stringify(state, undefined, 2));
  renameSync(aside, stateFile);
}

/** Whether the supervisor that wrote the state still runs. */
export function isRunning(state: StackState | undefined): state is StackState {
  return state !== undefined && state.phase !== 'stopped' && isAlive(state.supervisor);
}
