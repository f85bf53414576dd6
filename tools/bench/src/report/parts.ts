import type { ParseArgsOptionsConfig } from 'node:util';
import { parseCommandLine, usageError } from '@watchkeeper/drills/command/arguments';

/**
 * Parses flags and the parts of a benchmark, all of them by default.
 * @throws StackError with exit code 2 and the usage
 */
export function parseParts<const P extends string, const O extends ParseArgsOptionsConfig>(
  parameters: readonly string[],
  { parts, options, usage }: { parts: readonly P[]; options: O; usage: string },
) {
  const { values, positionals } = parseCommandLine(parameters, options, `Usage: ${usage}`);
  const unknown = positionals.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined) {
    throw usageError(`Expected parts of the benchmark, got \`${unknown}\`.`, `Usage: ${usage}`);
  }
  const chosen = parts.filter((part) => positionals.length === 0 || positionals.includes(part));
  return { values, parts: chosen };
}
