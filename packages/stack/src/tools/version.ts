import { runCommand } from '../run-command.ts';

export interface VersionAnswer {
  /** The dotted version, or undefined when the binary did not run or named none. */
  version?: string;
  /** The output of the binary or the loader, for the error message. */
  output: string;
}

/** Runs a binary for its version; a missing shared library shows here, before anything starts. */
export async function askVersion(binary: string, args = ['--version']): Promise<VersionAnswer> {
  const { code, stdout, stderr } = await runCommand(binary, args);
  const output = `${stdout}${stderr}`.trim();
  const version = code === 0 ? /\bv?(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1] : undefined;
  return version === undefined ? { output } : { version, output };
}

export function isAtLeast(version: string, [major, minor]: [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
