import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { messageOf, StackError } from '@watchkeeper/stack/stack-error';
import { suggestNames } from './suggestions.ts';

export const drillUsage = `Usage: npm run drill -- <AlertName> | --all | --list | --table <file>...
       [--compressed [factor]] [--part <n/of>] [--json <file>]

  <AlertName>            injects the fault that this alert is about, follows the alert until it is
                         notified and resolved, and undoes the fault
  --all                  every drill, one after the other; with --compressed, drills that don't
                         disturb each other run together
  --list                 lists the drills and the faults they inject
  --compressed [factor]  on a system of its own, with time 1 to 25 times faster (10, or less on a
                         busy machine)
  --part <n/of>          the second half of all drills is \`--part 2/2\`
  --json <file>          writes the measured times, after each drill
  --table <file>...      writes docs/drills.md from such files; the newest of a drill counts`;

export interface DrillRequest {
  readonly action: 'one' | 'all' | 'list' | 'table' | 'help';
  readonly name?: string;
  /** Undefined: on the running system, in real time. */
  readonly timeFactor?: number | 'default';
  /** Of all drills, those of part `number` of `count`. */
  readonly part?: { readonly number: number; readonly count: number };
  /** Where the measured times are written as JSON, or read from. */
  readonly files?: readonly string[];
}

/** An error of the command line: exit code 2, and the usage. */
export function usageError(message: string, usage: string): StackError {
  return new StackError(`${message}\n${usage}`, { exitCode: 2 });
}

/** `parseArgs` that suggests the flag that was meant; throws `usageError`. */
export function parseCommandLine<const O extends ParseArgsOptionsConfig>(
  words: readonly string[],
  options: O,
  usage: string,
) {
  const known = Object.keys(options).map((name) => `--${name}`);
  const unknown = words.find(
    (word) => word.startsWith('-') && !known.includes(word.split('=')[0] ?? ''),
  );
  if (unknown !== undefined) {
    const [similar] = suggestNames(unknown, known);
    const fix = similar ? ` Did you mean \`${similar}\`?` : '';
    throw usageError(`Unknown flag \`${unknown}\`.${fix}`, usage);
  }
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options });
  } catch (error) {
    throw usageError(`${messageOf(error).split('. ')[0]}.`, usage);
  }
}

const options = {
  all: { type: 'boolean' },
  list: { type: 'boolean' },
  table: { type: 'string' },
  compressed: { type: 'string' },
  part: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** @throws StackError with exit code 2 and the usage */
export function parseDrillArguments(words: readonly string[]): DrillRequest {
  const { values, positionals } = parseCommandLine(joinFactor(words), options, drillUsage);
  const { help, all, list, table, json, compressed, part } = values;
  const [name, ...others] = table === undefined ? positionals : [];
  if (others[0] !== undefined) {
    throw usageError(`Expected one alert, got \`${others[0]}\` too.`, drillUsage);
  }
  const actions = { help, all, list, table, one: name };
  const [action, other] = Object.entries(actions).flatMap(([key, isChosen]) =>
    isChosen ? [key as DrillRequest['action']] : [],
  );
  if (other !== undefined) throw usageError('Expected one action only.', drillUsage);
  if (action === undefined) {
    throw usageError('Expected the name of an alert, or `--all`.', drillUsage);
  }
  if (part !== undefined && action !== 'all') {
    throw usageError('Expected `--part` with `--all` only.', drillUsage);
  }
  const files = [table ?? json ?? [], table === undefined ? [] : positionals].flat();
  return {
    action,
    ...(name === undefined ? {} : { name }),
    ...(compressed === undefined ? {} : { timeFactor: readFactor(compressed) }),
    ...(part === undefined ? {} : { part: readPart(part) }),
    ...(files.length === 0 ? {} : { files }),
  };
}

function readPart(text: string): { number: number; count: number } {
  const [, number = 0, count = 0] = (/^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? []).map(Number);
  if (number > 0 && number <= count) return { number, count };
  throw usageError(`Expected a part such as \`1/2\`, got \`${text}\`.`, drillUsage);
}

/** The factor after `--compressed` may be left out, which `parseArgs` knows nothing of. */
function joinFactor(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (/^[\d.]/.test(word) && words[index - 1] === '--compressed') return [];
    if (word !== '--compressed') return [word];
    const next = words[index + 1] ?? '';
    return [`--compressed=${/^[\d.]/.test(next) ? next : 'default'}`];
  });
}

function readFactor(text: string): number | 'default' {
  if (text === 'default') return text;
  const factor = Number(text);
  if (factor >= 1 && factor <= 25) return factor;
  throw usageError(`Expected a factor from 1 to 25, got \`${text}\`.`, drillUsage);
}
