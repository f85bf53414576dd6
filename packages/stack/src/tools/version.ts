import { runCommand } from '../run-command.ts';

/**
 * Runs a binary for its dotted version; undefined when it does not run or names none, and then the
 * output says why: a missing shared library shows here, before anything starts.
 */
export async function readVersion(binary: string, args = ['--version']) {
  const { code, stdout, stderr } = await runCommand(binary, args);
  const output = `${stdout}${stderr}`.trim();
  const version = code === 0 ? /\bv?(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1] : undefined;
  return { version, output };
}

export function isAtLeast(version: string, [major, minor]: [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
