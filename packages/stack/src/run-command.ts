import { execa } from 'execa';

export interface CommandResult {
  /** The exit code; -1 when the command could not be run or a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
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
