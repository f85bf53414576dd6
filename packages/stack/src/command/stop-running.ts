import { isAlive } from '../process-identity.ts';
import { isRunning, readState, type StackState } from '../state-file.ts';
import type { StateFolder } from '../state-folder.ts';
import { waitUntil } from '../supervision/process-group.ts';
import { stopRecorded } from '../supervision/stop-recorded.ts';

// Four rounds of dependants, each with its own deadline of fifteen seconds.
const stopTimeoutMs = 70_000;
// The dead man's switch stops all at once: one deadline of fifteen seconds, and a margin.
const switchTimeoutMs = 20_000;

function hasProcesses(state: StackState | undefined): boolean {
  const processes = Object.values(state?.components ?? {}).flatMap(({ process }) => process ?? []);
  return processes.some(isAlive);
}

/**
 * Stops the stack of the folder and nothing else; resolves with whether one was running.
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
  if (!(await waitUntil(() => !isAlive(state.supervisor), stopTimeoutMs))) {
    process.kill(state.supervisor.pid, 'SIGKILL');
  }
  // The last thing that a stop writes. After a supervisor that was killed, its dead man's switch may
  // still be stopping the rest.
  const isRecorded = () => readState(stateFile)?.phase === 'stopped';
  if (!(await waitUntil(isRecorded, switchTimeoutMs))) await stopRecorded(stateFile);
  return true;
}
