import { StackError } from '@watchkeeper/stack';
import { InterruptedError } from '../run/rollback.ts';
import { parseCommandLine, usageError } from './arguments.ts';

/** Runs a command and sets the exit code; an error of the caller is printed without its stack. */
export async function runMain(command: () => Promise<number>): Promise<void> {
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

/** Runs a command whose only arguments are flags without a value. */
export function runVerb<const F extends string>(
  usage: string,
  names: readonly F[],
  verb: (flags: Partial<Record<F, boolean>>) => Promise<number>,
): Promise<void> {
  return runMain(async () => {
    const known = ['help', ...names].map((name) => [name, { type: 'boolean' }] as const);
    const options = Object.fromEntries(known);
    const { values, positionals } = parseCommandLine(process.argv.slice(2), options, usage);
    if (positionals.length > 0) throw usageError(`Unexpected \`${positionals[0]}\`.`, usage);
    if (!values.help) return verb(values as Partial<Record<F, boolean>>);
    console.log(usage);
    return 0;
  });
}
