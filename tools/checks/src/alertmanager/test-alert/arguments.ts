import { parseArgs } from 'node:util';
import { messageOf, StackError } from '@watchkeeper/stack/stack-error';

export const usage = `Usage: npm run alert -- test [--severity critical|warning] [--timeout <seconds>]

  --severity  whom to tell: a critical alert pages, a warning does not (critical by default)
  --timeout   how long to wait for it to arrive, 1 to 600 (90 by default)`;

const severities = ['critical', 'warning'] as const;
// A warning gathers for half a minute before the chat hears of it.
const defaultTimeoutSeconds = 90;
const maxTimeoutSeconds = 600;

/** What was asked for. */
export interface TestWish {
  readonly severity: (typeof severities)[number];
  readonly timeoutSeconds: number;
}

/** Reads the command line; throws StackError, with exit code 2 and the usage, when it is wrong. */
export function readWords(words: string[]): TestWish | 'help' {
  const { values, positionals } = parse(words);
  if (values.help) return 'help';
  const [verb, ...rest] = positionals;
  if (verb !== 'test' || rest.length > 0) {
    throw refuse(`Expected \`test\`, got \`${positionals.join(' ')}\`.`);
  }
  const severity = severities.find((known) => known === (values.severity ?? 'critical'));
  if (severity === undefined) {
    throw refuse(
      `Expected \`--severity\` to be ${severities.join(' or ')}, got \`${values.severity}\`.`,
    );
  }
  const timeoutSeconds = Number(values.timeout ?? defaultTimeoutSeconds);
  if (!(timeoutSeconds >= 1 && timeoutSeconds <= maxTimeoutSeconds)) {
    throw refuse(
      `Expected \`--timeout\` to be seconds, from 1 to ${maxTimeoutSeconds}, got \`${values.timeout}\`.`,
    );
  }
  return { severity, timeoutSeconds };
}

function parse(words: string[]) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        help: { type: 'boolean' },
        severity: { type: 'string' },
        timeout: { type: 'string' },
      },
    });
  } catch (error) {
    throw refuse(`${messageOf(error).split('. ')[0]}.`);
  }
}

function refuse(fault: string): StackError {
  return new StackError(`${fault}\n${usage}`, { exitCode: 2 });
}
