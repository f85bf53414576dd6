import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../process-identity.ts';
import { isRunning, readState, type StackState } from '../state-file.ts';
import type { StateFolder } from '../state-folder.ts';
import { waitUntilGone } from '../supervision/process-group.ts';
import { stopRecorded } from '../supervision/stop-recorded.ts';

// Four rounds of dependants, each with its own deadline of fifteen seconds.
const stopTimeoutMs = 70_000;
// The dead man's switch stops all at once: one deadline of fifteen seconds, and a margin.
const switchTimeoutMs = 20_000;
const pollMs = 50;

function hasProcesses(state: StackState | undefined): boolean {
  const processes = Object.values(state?.components ?? {}).flatMap(({ process }) => process ?? []);
  return processes.some(isAlive);
}

/** Waits for the last thing that a stop writes; returns whether it came in time. */
async function waitUntilRecorded(stateFile: string): Promise<boolean> {
  const deadline = performance.now() + switchTimeoutMs;
  while (readState(stateFile)?.phase !== 'stopped') {
    if (performance.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

/**
 * Stops what runs in the folder and nothing else; resolves with whether there was anything.
 * A supervisor that doesn't answer is killed, and its children are stopped without it.
 */
export async function stopRunning({ stateFile }: StateFolder): Promise<boolean> {
  const state = readState(stateFile);
  if (!isRunning(state)) {
    if (!hasProcesses(state)) return false;
    await stopRecorded(stateFile);
    return true;
  }
  process.kill(state.supervisor.pid, 'SIGTERM');
  if (!(await waitUntilGone(state.supervisor, stopTimeoutMs))) {
    process.kill(state.supervisor.pid, 'SIGKILL');
  }
  // After a supervisor that was killed, its dead man's switch may still be stopping the rest.
  if (!(await waitUntilRecorded(stateFile))) await stopRecorded(stateFile);
  return true;
}
