import { StackError } from '@watchkeeper/stack';
import { InterruptedError } from '../run/rollback.ts';

/**
 * Runs a verb: a fault of the person's is printed without a stack, and the process exits with what
 * the verb or its error says.
 */
export async function runCommand(verb: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await verb();
  } catch (error) {
    if (error instanceof InterruptedError) {
      console.error('Interrupted; all is healed.');
      process.exitCode = 130;
    } else if (error instanceof StackError) {
      console.error(error.message);
      process.exitCode = error.exitCode;
    } else throw error;
  }
}
