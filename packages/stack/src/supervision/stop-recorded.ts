import { readState, writeState } from '../state-file.ts';
import { stopGroup } from './process-group.ts';

/**
 * Stops every running process of the state, in place of a dead supervisor. All at once: without
 * their supervisor the order no longer matters.
 */
export async function stopRecorded(stateFile: string): Promise<void> {
  const state = readState(stateFile);
  if (!state || state.phase === 'stopped') return;
  const components = Object.values(state.components);
  await Promise.all(
    components.map(
      ({ process, stopSignal, stopTimeoutMs }) =>
        process && stopGroup(process, stopSignal, stopTimeoutMs),
    ),
  );
  for (const component of components) {
    component.phase = 'stopped';
    delete component.process;
  }
  writeState(stateFile, { ...state, phase: 'stopped' });
}
