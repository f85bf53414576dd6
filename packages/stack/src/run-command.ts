import { execa } from 'execa';
import { StackError } from './stack-error.ts';

export interface CommandResult {
  /** The exit code; -1 when the command could not be run or a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

interface CommandOptions {
  cwd?: string;
  /** The whole environment; that of this process by default. */
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  input?: string;
}

/** Runs a command to its end; never throws. */
export async function runCommand(
  command: string,
  args: string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { exitCode, shortMessage, stderr, stdout } = await execa(command, args, {
    ...options,
    input: options.input ?? '',
    extendEnv: options.env === undefined,
    reject: false,
    stripFinalNewline: false,
  });
  const failure = exitCode === undefined ? shortMessage : '';
  return { code: exitCode ?? -1, stdout, stderr: `${stderr ?? ''}${failure}` };
}

/** Returns the standard output; throws a StackError with the output of a failure. */
export async function runOrThrow(
  command: string,
  args: string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args, options);
  if (code === 0) return stdout;
  throw new StackError(`\`${command} ${args.join(' ')}\` failed: ${(stderr || stdout).trim()}`);
}
