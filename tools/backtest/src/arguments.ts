import { readFileSync } from 'node:fs';
import { parseCommandLine, usageError } from '@watchkeeper/drills/command/arguments';
import { parseDuration } from '@watchkeeper/viewer/model/duration';
import type { NightHours } from './calendar.ts';

export const usage = `Usage: npm run backtest -- --prometheus <url> [--days <n>] [--rules <file or folder>] ...
       [--step <duration>] [--recordings compute|stored] [--authorization-file <file>]
       [--zone <name>] [--nights <hours>] [--picture <file>] [--json <file>]

Evaluates every alert of the rules over a Prometheus' past, as its rule engine would have, and prints
how often each would have fired, for how long, its worst day, and the nights it would have disturbed.

  --prometheus <url>           http://localhost:9090 by default; with the path prefix, if it has one
  --days <n>                   14 by default
  --rules <file or folder>     a rule file of Prometheus, a PrometheusRule of Kubernetes, or a folder
                               of them; several times, if need be; those of this repository by default
  --step <duration>            instead of each group's interval: coarser is faster
  --recordings <which>         compute (default): what the rules record is computed from what it is
                               made of; stored: read from Prometheus, if it has recorded the same
                               for all that time; faster
  --authorization-file <file>  holds the value of the header, such as \`Bearer …\`
  --zone <name>                for days and nights, such as Europe/Berlin; the machine's by default
  --nights <hours>             22-7 by default
  --picture <file>             an SVG, backtest.svg by default
  --json <file>                every firing, for other programs`;

export interface BacktestRequest {
  readonly prometheus: string;
  readonly authorization?: string;
  readonly days: number;
  readonly rules: readonly string[];
  readonly step?: number;
  readonly readsRecordings: boolean;
  readonly zone: string;
  readonly nights: NightHours;
  readonly picture: string;
  readonly json?: string;
}

const options = {
  prometheus: { type: 'string', default: 'http://localhost:9090' },
  days: { type: 'string', default: '14' },
  rules: { type: 'string', multiple: true },
  step: { type: 'string' },
  recordings: { type: 'string', default: 'compute' },
  'authorization-file': { type: 'string' },
  zone: { type: 'string' },
  nights: { type: 'string', default: '22-7' },
  picture: { type: 'string', default: 'backtest.svg' },
  json: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/**
 * @param shipped the rules that are evaluated by default
 * @throws StackError with exit code 2 and the usage
 */
export function parseBacktestArguments(
  words: readonly string[],
  shipped: readonly string[],
): BacktestRequest | 'help' {
  const { values, positionals } = parseCommandLine(words, options, usage);
  if (values.help) return 'help';
  if (positionals.length > 0) throw usageError(`Unexpected \`${positionals[0]}\`.`, usage);
  const file = values['authorization-file'];
  return {
    prometheus: readUrl(values.prometheus),
    ...(file === undefined ? {} : { authorization: readSecret(file) }),
    days: readDays(values.days),
    rules: values.rules ?? shipped,
    ...(values.step === undefined ? {} : { step: readStep(values.step) }),
    readsRecordings: readChoice(values.recordings) === 'stored',
    zone: readZone(values.zone),
    nights: readNights(values.nights),
    picture: values.picture,
    ...(values.json === undefined ? {} : { json: values.json }),
  };
}

const expected = (what: string, got: string) =>
  usageError(`Expected ${what}, got \`${got}\`.`, usage);

function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw expected('the address of Prometheus, such as `http://localhost:9090`', text);
  }
  if (url.username !== '' || url.password !== '') {
    const shown = `${url.protocol}//…@${url.host}`;
    throw expected('an address without a password: give it with `--authorization-file`', shown);
  }
  return text;
}

function readSecret(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw expected(
      `a readable file, as ${(error as Error).message.split(':')[0]} says it is not`,
      file,
    );
  }
  if (/^[\x20-\x7e]+$/.test(text)) return text;
  throw expected('one line in the file for `--authorization-file`, such as `Bearer …`', file);
}

function readDays(text: string): number {
  const days = Number(text.replace(/d$/, ''));
  if (days >= 0.01 && days <= 400) return days;
  throw expected('a number of days from 0.01 to 400', text);
}

function readStep(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1_000 && ms <= 3_600_000) return ms / 1_000;
  throw expected('a step from `1s` to `1h`', text);
}

function readChoice(text: string): string {
  if (text === 'compute' || text === 'stored') return text;
  throw expected('`--recordings` to be `compute` or `stored`', text);
}

function readZone(zone = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw expected('a time zone such as `Europe/Berlin`', zone);
  }
}

function readNights(text: string): NightHours {
  const [from = 24, to = 24] = /^\d{1,2}-\d{1,2}$/.test(text) ? text.split('-').map(Number) : [];
  if (from < 24 && to < 24 && from !== to) return { from, to };
  throw expected('the hours of the night, such as `22-7`', text);
}
