import { type ComponentState, readState, writeState } from '../state-file.ts';
import { stopGroup } from './process-group.ts';

async function stopComponent(component: ComponentState): Promise<void> {
  if (!component.process) return;
  await stopGroup(component.process, component.stopSignal, component.stopTimeoutMs);
}

/**
 * Stops every running process of the state, in place of a dead supervisor. All at once: without
 * their supervisor the order no longer matters.
 */
export async function stopRecorded(stateFile: string): Promise<void> {
  const state = readState(stateFile);
  if (!state || state.phase === 'stopped') return;
  await Promise.all(Object.values(state.components).map(stopComponent));
  for (const component of Object.values(state.components)) {
    component.phase = 'stopped';
    delete component.process;
  }
  writeState(stateFile, { ...state, phase: 'stopped' });
}
