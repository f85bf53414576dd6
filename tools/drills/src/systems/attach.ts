import { docker, findEngine } from '@watchkeeper/compose/engine';
import {
  isRunning,
  readEnvironment,
  readState,
  StackError,
  stateFolderAt,
  stateRootOf,
} from '@watchkeeper/stack';
import { createAttachedControls } from './attached-controls.ts';
import { createComposeSystem } from './compose.ts';
import { createNativeSystem } from './native.ts';
import type { DrillSystem } from './system.ts';

/**
 * The running system: native, else in containers.
 * @throws StackError where none runs
 */
export async function attachToSystem(): Promise<DrillSystem> {
  const folder = stateFolderAt(stateRootOf(readEnvironment()));
  const read = () => {
    const state = readState(folder.stateFile);
    if (isRunning(state)) return state;
    throw new StackError('The system has stopped in the meantime. Start it: npm start');
  };
  const state = readState(folder.stateFile);
  if (isRunning(state)) {
    if (state.phase !== 'ready') {
      throw new StackError(
        `Expected the system to be ready, but it is ${state.phase}. Wait for it.`,
      );
    }
    return createNativeSystem(folder, read, createAttachedControls(read));
  }
  const { engine } = await findEngine();
  if (engine) {
    const { stdout } = await docker(['compose', 'ps', '-q', 'prometheus'], engine);
    if (stdout.trim() !== '') return createComposeSystem(engine);
  }
  throw new StackError('No system is running. Start it: npm start');
}
