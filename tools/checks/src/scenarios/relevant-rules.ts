import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { namesIn } from '../names/promql.ts';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}

type ParsedRule = Rule & { readonly metrics: readonly string[] };

export interface RuleGroup {
  readonly name: string;
  /** Such as `15s`; Prometheus' own without it. */
  readonly interval?: string;
  readonly rules: readonly ParsedRule[];
}

/** The groups of Prometheus rule files, with the metrics that each expression reads. */
export function readRuleGroups(files: readonly string[]): readonly RuleGroup[] {
  return files.flatMap((file) => {
    const { groups } = parse(readFileSync(file, 'utf8')) as {
      groups: { name: string; interval?: string; rules: Rule[] }[];
    };
    return groups.map(({ rules, ...group }) => ({
      ...group,
      rules: rules.map((rule) => ({ ...rule, metrics: namesIn(rule.expr).metrics })),
    }));
  });
}

/**
 * Keeps the rules that can make an alert fire from `series`: alerts that read one of these metrics, or
 * a recording of one, constants, and the recordings that such alerts read. The others only cost
 * promtool time, or fire on the absence of metrics that a scenario does not play.
 */
export function selectRelevantRules(
  groups: readonly RuleGroup[],
  series: readonly string[],
): readonly RuleGroup[] {
  const rules = groups.flatMap((group) => group.rules);
  const available = new Set(series);
  const isFed = ({ metrics }: ParsedRule) =>
    metrics.length === 0 || metrics.some((metric) => available.has(metric));
  grow(available, () => {
    const fed = rules.filter((rule) => rule.metrics.length > 0 && isFed(rule));
    return fed.flatMap(({ record }) => record ?? []);
  });
  const read = new Set<string>();
  const isRead = ({ alert, record = '' }: ParsedRule) => alert !== undefined || read.has(record);
  grow(read, () => rules.filter(isRead).flatMap(({ metrics }) => metrics));
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((r) => isFed(r) && isRead(r)) }))
    .filter((group) => group.rules.length > 0);
}

/** Adds the names that `more` finds by those already in the set, until it finds no new one. */
function grow(names: Set<string>, more: () => readonly string[]): void {
  for (let size = -1; size < names.size; ) {
    size = names.size;
    for (const name of more()) names.add(name);
  }
}
