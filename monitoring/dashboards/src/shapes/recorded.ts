import { parser } from '@prometheus-io/lezer-promql';
import { readRules, shippedRules } from './rules.ts';

/** The metrics in the selectors of a PromQL expression. */
function metricsIn(expression: string): string[] {
  const names = new Set<string>();
  parser.parse(expression).iterate({
    enter: ({ node }) => {
      if (node.name === 'Identifier' && node.parent?.name === 'VectorSelector') {
        names.add(expression.slice(node.from, node.to));
      }
    },
  });
  return [...names];
}

export interface Recording {
  readonly file: string;
  /** The interval of its group, such as `60s`. */
  readonly interval: string | undefined;
  readonly expressions: readonly string[];
}

let recordings: ReadonlyMap<string, Recording> | undefined;

/** Recording rules by recorded name; several rules may record the same name. */
export function recordingRules(): ReadonlyMap<string, Recording> {
  recordings ??= readRecordings();
  return recordings;
}

function readRecordings(): ReadonlyMap<string, Recording> {
  const found = new Map<string, Recording>();
  for (const { record, file, interval, expr } of readRules(shippedRules)) {
    if (record === undefined) continue;
    const before = found.get(record)?.expressions ?? [];
    found.set(record, { file, interval, expressions: [...before, expr] });
  }
  return found;
}

/**
 * The seconds between two samples of a recorded series.
 * @throws Error if no rule records it, or if its group has no interval in seconds
 */
export function recordedEverySeconds(record: string): number {
  const interval = recordingRules().get(record)?.interval;
  const seconds = /^(\d+)s$/.exec(interval ?? '')?.[1];
  if (seconds === undefined) {
    throw new Error(
      `Expected the rule of \`${record}\` in a group with an interval such as \`60s\`, got ` +
        `\`${interval}\`.`,
    );
  }
  return Number(seconds);
}

/** The sorted rule files of all recorded series in the expressions. */
export function ruleFilesOf(expressions: readonly string[]): string[] {
  const recorded = recordingRules();
  const used = expressions.flatMap(metricsIn).flatMap((name) => recorded.get(name)?.file ?? []);
  return [...new Set(used)].sort();
}

/** The metrics that services must expose for the expressions, with recorded series resolved to their sources. */
export function rawMetricsOf(expressions: readonly string[]): string[] {
  const raw = new Set<string>();
  const seen = new Set<string>();
  const follow = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const recording = recordingRules().get(name);
    if (recording === undefined) raw.add(name);
    else for (const source of recording.expressions.flatMap(metricsIn)) follow(source);
  };
  for (const name of expressions.flatMap(metricsIn)) follow(name);
  return [...raw].sort();
}
