import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface CommandResult {
  /** What the command exited with; -1 when it could not be run or a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  input?: string;
}

/** Runs a command to its end and returns what it said; a command that can't be run is code -1. */
export async function runCommand(
  command: string,
  args: string[],
  { input = '', ...options }: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  // A command that ends without reading its input is no fault of ours.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<{ code: number; failure: string }>((resolve) => {
    child.once('error', (error) => resolve({ code: -1, failure: error.message }));
    child.once('close', (code, signal) =>
      resolve({ code: code ?? -1, failure: signal ? `ended by ${signal}` : '' }),
    );
  });
  const [stdout, stderr, { code, failure }] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]);
  return { code, stdout, stderr: `${stderr}${failure}` };
}
