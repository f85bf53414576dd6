import { afterAll, afterEach, jest } from '@jest/globals';
import { killStartedProcesses, processTestMs } from './started-process.ts';
import { removeTemporaryFolders } from './temporary-folder.ts';

/** Gives the tests of a file the time that processes need, and ends and removes what they leave. */
export function useStartedProcesses(): void {
  jest.setTimeout(processTestMs);
  afterEach(killStartedProcesses);
  afterAll(removeTemporaryFolders);
}
