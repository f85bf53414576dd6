import { StackError } from '@watchkeeper/stack';
import { InterruptedError } from '../run/rollback.ts';

/** Runs a command and sets the exit code; an error of the caller is printed without its stack. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (error instanceof InterruptedError) {
      console.error('Interrupted; all faults are undone.');
      process.exitCode = 130;
    } else if (error instanceof StackError) {
      console.error(error.message);
      process.exitCode = error.exitCode;
    } else throw error;
  }
}
