import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { messageOf, StackError } from '../stack-error.ts';

type Flags = Record<string, boolean | undefined>;

function readFlags(options: ParseArgsOptionsConfig, usage: string): Flags {
  try {
    const { values } = parseArgs({ options, strict: true, allowPositionals: false });
    return values as Flags;
  } catch (error) {
    throw new StackError(`${messageOf(error).split('. ')[0]}.\n${usage}`, { exitCode: 2 });
  }
}

/**
 * Runs a command with boolean flags and exits with its code or its error's; a StackError is printed
 * without a stack trace.
 */
export async function runVerb(
  usage: string,
  names: string[],
  verb: (flags: Flags) => Promise<number>,
): Promise<void> {
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    ['help', ...names].map((name) => [name, { type: 'boolean' }]),
  );
  try {
    const flags = readFlags(options, usage);
    if (flags.help) process.stdout.write(`${usage}\n`);
    process.exitCode = flags.help ? 0 : await verb(flags);
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
