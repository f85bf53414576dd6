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

let files: ReadonlyMap<string, string> | undefined;

/** The file of each recording rule, by the name that it records. */
export function recordingFiles(): ReadonlyMap<string, string> {
  files ??= new Map(
    readdirSync(shippedRules)
      .filter((file) => file.endsWith('.rules.yml'))
      .flatMap((file) => {
        const { groups } = parse(readFileSync(join(shippedRules, file), 'utf8')) as {
          groups: { rules: { record?: string }[] }[];
        };
        const names = groups.flatMap(({ rules }) => rules.flatMap(({ record }) => record ?? []));
        return names.map((name): [string, string] => [name, file]);
      }),
  );
  return files;
}

/** The files of all recording rules that the expressions read, in order. */
export function ruleFilesOf(expressions: readonly string[]): string[] {
  const recorded = recordingFiles();
  const used = expressions.flatMap(metricsIn).flatMap((name) => recorded.get(name) ?? []);
  return [...new Set(used)].sort();
}
