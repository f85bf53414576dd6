import { StackError } from '@watchkeeper/stack';
import { suggestNames } from './suggestions.ts';

/** What `npm run drill` was asked for. */
export interface DrillRequest {
  readonly what: 'one' | 'all' | 'list' | 'table' | 'help';
  readonly name?: string;
  /** Undefined: on the system that runs, in real time. */
  readonly timeFactor?: number;
  /** Where the measured times go as JSON, or come from. */
  readonly file?: string;
}

/** What one may write. */
export const drillUsage = `Usage: npm run drill -- <AlertName> | --all | --list | --table <file>
       [--compressed [factor]] [--json <file>]

  <AlertName>            breaks the system so that this alert fires, follows it, heals
  --all                  every drill, one after the other; with --compressed those together
                         that don't disturb each other
  --list                 what can be drilled, and what each drill breaks
  --compressed [factor]  on a system of its own, with time so many times faster (10)
  --json <file>          writes the measured times
  --table <file>         makes docs/drills.md of such a file`;

const flags = ['--all', '--list', '--table', '--compressed', '--json', '--help'];
const defaultFactor = 10;

/**
 * Reads the words after `npm run drill --`.
 * @throws StackError with exit code 2 and the usage
 */
export function parseDrillArguments(words: readonly string[]): DrillRequest {
  const request: { -readonly [K in keyof DrillRequest]?: DrillRequest[K] } = {};
  const rest = [...words];
  const choose = (what: DrillRequest['what']) => {
    if (request.what !== undefined && request.what !== what)
      throw refuse('Expected one thing to do.');
    request.what = what;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--help') choose('help');
    else if (word === '--all') choose('all');
    else if (word === '--list') choose('list');
    else if (word === '--compressed') request.timeFactor = readFactor(rest);
    else if (word === '--json') request.file = readFile(word, rest);
    else if (word === '--table') {
      choose('table');
      request.file = readFile(word, rest);
    } else if (word.startsWith('-')) throw refuse(describeUnknown(word));
    else if (request.name !== undefined) throw refuse(`Expected one alert, got \`${word}\` too.`);
    else {
      choose('one');
      request.name = word;
    }
  }
  if (request.what === undefined) throw refuse('Expected the name of an alert, or `--all`.');
  return request as DrillRequest;
}

function refuse(message: string): StackError {
  return new StackError(`${message}\n${drillUsage}`, { exitCode: 2 });
}

function describeUnknown(word: string): string {
  const [similar] = suggestNames(word, flags);
  const cure = similar ? ` Did you mean \`${similar}\`?` : '';
  return `Expected a flag that there is, got \`${word}\`.${cure}`;
}

/** The number after `--compressed`, where there is one. */
function readFactor(rest: string[]): number {
  const word = rest[0];
  if (word === undefined || !/^[\d.]/.test(word)) return defaultFactor;
  rest.shift();
  const factor = Number(word);
  if (factor >= 1 && factor <= 25) return factor;
  throw refuse(`Expected a factor from 1 to 25, got \`${word}\`.`);
}

function readFile(flag: string, rest: string[]): string {
  const word = rest.shift();
  if (word !== undefined && !word.startsWith('-')) return word;
  throw refuse(`Expected a file after \`${flag}\`.`);
}
