import { parseCommandLine, usageError } from '@watchkeeper/drills/command/arguments';

export const usage = `Usage: npm run alert -- test [--severity critical|warning] [--timeout <seconds>]

  --severity  a critical alert pages, a warning does not (critical by default)
  --timeout   how long to wait for its arrival, 1 to 600 (90 by default)`;

const severities = ['critical', 'warning'] as const;
const maxTimeoutSeconds = 600;
const options = {
  help: { type: 'boolean' },
  severity: { type: 'string', default: 'critical' },
  // The chat groups warnings for half a minute.
  timeout: { type: 'string', default: '90' },
} as const;

/**
 * Undefined for `--help`.
 * @throws StackError with exit code 2 and the usage
 */
export function parseArguments(words: readonly string[]) {
  const { values, positionals } = parseCommandLine(words, options, usage);
  if (values.help) return undefined;
  if (positionals.join(' ') !== 'test') {
    throw usageError(`Expected \`test\`, got \`${positionals.join(' ')}\`.`, usage);
  }
  const severity = severities.find((known) => known === values.severity);
  if (severity === undefined) {
    const expected = `\`--severity\` to be ${severities.join(' or ')}`;
    throw usageError(`Expected ${expected}, got \`${values.severity}\`.`, usage);
  }
  const timeoutSeconds = Number(values.timeout);
  if (timeoutSeconds >= 1 && timeoutSeconds <= maxTimeoutSeconds) {
    return { severity, timeoutSeconds };
  }
  const expected = `\`--timeout\` to be seconds, from 1 to ${maxTimeoutSeconds}`;
  throw usageError(`Expected ${expected}, got \`${values.timeout}\`.`, usage);
}
