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

/** A recording rule: where it stands and what it computes. */
export interface Recording {
  readonly file: string;
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
      groups: { rules: { record?: string; expr: string }[] }[];
    };
    for (const { record, expr } of groups.flatMap(({ rules }) => rules)) {
      if (record === undefined) continue;
      const before = found.get(record)?.expressions ?? [];
      found.set(record, { file, expressions: [...before, expr] });
    }
  }
  return found;
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
