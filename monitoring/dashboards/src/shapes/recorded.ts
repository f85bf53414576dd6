import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { shippedRules } from './rules.ts';

/** The metrics that an expression of PromQL selects. */
export function metricsIn(expression: string): string[] {
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

/** A recording rule: where it stands, how often it is evaluated and what it computes. */
export interface Recording {
  readonly file: string;
  /** Of its group, such as `60s`. */
  readonly interval: string | undefined;
  readonly expressions: readonly string[];
}

let recordings: ReadonlyMap<string, Recording> | undefined;

/** Each recording rule, by the name that it records; several rules may record one name. */
export function recordingRules(): ReadonlyMap<string, Recording> {
  recordings ??= readRecordings();
  return recordings;
}

function readRecordings(): ReadonlyMap<string, Recording> {
  const found = new Map<string, Recording>();
  for (const file of readdirSync(shippedRules).filter((name) => name.endsWith('.rules.yml'))) {
    const { groups } = parse(readFileSync(join(shippedRules, file), 'utf8')) as {
      groups: { interval?: string; rules: { record?: string; expr: string }[] }[];
    };
    const rules = groups.flatMap((group) =>
      group.rules.map((rule) => ({ ...rule, interval: group.interval })),
    );
    for (const { record, expr, interval } of rules) {
      if (record === undefined) continue;
      const before = found.get(record)?.expressions ?? [];
      found.set(record, { file, interval, expressions: [...before, expr] });
    }
  }
  return found;
}

/**
 * How many seconds lie between two values of a recorded series.
 * @throws Error that names a series of no rule, or of a group whose interval is not in seconds
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

/** The files of all recording rules that the expressions read, in order. */
export function ruleFilesOf(expressions: readonly string[]): string[] {
  const recorded = recordingRules();
  const used = expressions.flatMap(metricsIn).flatMap((name) => recorded.get(name)?.file ?? []);
  return [...new Set(used)].sort();
}

/** What services must expose for the expressions to have data: rules are followed to their sources. */
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
