import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { namesIn } from '../names/promql.ts';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (Rule & { readonly metrics: readonly string[] })[];
}

/** The groups of Prometheus rule files, with the metrics that each expression reads. */
export function readRuleGroups(files: readonly string[]): readonly RuleGroup[] {
  return files.flatMap((file) => {
    const { groups } = parse(readFileSync(file, 'utf8')) as {
      groups: { name: string; rules: Rule[] }[];
    };
    return groups.map(({ rules, ...group }) => ({
      ...group,
      rules: rules.map((rule) => ({ ...rule, metrics: namesIn(rule.expr).metrics })),
    }));
  });
}

/**
 * Keeps the rules that can return something from `series`: those that read one of these metrics, or
 * a recording of such a rule, and constants. The others only cost promtool time.
 */
export function selectRelevantRules(
  groups: readonly RuleGroup[],
  series: readonly string[],
): readonly RuleGroup[] {
  const available = new Set(series);
  const isRelevant = ({ metrics }: RuleGroup['rules'][number]) =>
    metrics.length === 0 || metrics.some((metric) => available.has(metric));
  const rules = groups.flatMap((group) => group.rules);
  for (let size = 0; size < available.size; ) {
    size = available.size;
    for (const rule of rules) {
      if (rule.record && rule.metrics.length > 0 && isRelevant(rule)) available.add(rule.record);
    }
  }
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter(isRelevant) }))
    .filter((group) => group.rules.length > 0);
}
