import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

export interface Limit {
  readonly alert: string;
  readonly value: number;
  /** The side of the limit on which the alert fires. */
  readonly side: 'above' | 'below' | 'at';
  readonly severity: string;
  readonly unit?: string;
}

interface Rule {
  readonly file: string;
  /** The interval of its group, such as `60s`. */
  readonly interval: string | undefined;
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
}

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

const monitoring = join(import.meta.dirname, '../../..');

export const shippedRules: string = join(monitoring, 'prometheus/rules');
const logRules = join(monitoring, 'loki/rules/fake');

const sides = { Gtr: 'above', Gte: 'above', Lss: 'below', Lte: 'below', Eql: 'at' } as const;
type Comparison = keyof typeof sides;

/**
 * The limit of an alert: the number in the comparison with that index in its rule.
 * @throws Error if there is no such alert or comparison
 */
export function limitOf(alert: string, comparison = 0, folder: string = shippedRules): Limit {
  const all = [...readRules(folder), ...readRules(logRules)];
  const rule = all.find((candidate) => candidate.alert === alert);
  if (rule === undefined) {
    throw new Error(`Expected an alert \`${alert}\` in \`${folder}\`, got none. Was it renamed?`);
  }
  const found = comparisonsIn(rule.expr)[comparison];
  if (found === undefined) {
    throw new Error(
      `Expected \`${alert}\` to have a comparison with a number at index ${comparison}.`,
    );
  }
  return { alert, ...found, severity: rule.labels?.severity ?? 'none' };
}

const rulesByFolder = new Map<string, Rule[]>();

/** All rules of a folder's rule files; none without the folder, as Loki's rules may not be copied. */
export function readRules(folder: string): Rule[] {
  const known = rulesByFolder.get(folder);
  if (known !== undefined) return known;
  const rules = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith('.rules.yml'))
    .flatMap((file) => {
      const { groups } = parse(readFileSync(join(folder, file), 'utf8')) as {
        groups: { interval?: string; rules: Omit<Rule, 'file' | 'interval'>[] }[];
      };
      return groups.flatMap(({ interval, rules }) =>
        rules.map((rule) => ({ ...rule, file, interval })),
      );
    });
  rulesByFolder.set(folder, rules);
  return rules;
}

const joins = ['And', 'Or', 'Unless'];

/**
 * The comparisons with a number that decide whether the alert fires, in the order of the source. A
 * comparison within arithmetic, such as a divisor that must not be 0, does not count.
 */
function comparisonsIn(expression: string): { value: number; side: Limit['side'] }[] {
  return conditionsIn(parser.parse(expression).topNode).flatMap((node) => {
    const operator = children(node).find(({ name }) => name in sides);
    const number = node.lastChild === null ? undefined : firstNumber(node.lastChild);
    if (operator === undefined || number === undefined) return [];
    const value = Number(expression.slice(number.from, number.to));
    return [{ value, side: sides[operator.name as Comparison] }];
  });
}

/** The comparisons joined by `and`, `or` and `unless`. */
function conditionsIn(node: SyntaxNode): SyntaxNode[] {
  const inner = children(node);
  const isJoin = inner.some(({ name }) => joins.includes(name));
  if (node.name === 'BinaryExpr' && !isJoin) return [node];
  const isTransparent = isJoin || node.name === 'ParenExpr' || node.type.isTop;
  return isTransparent ? inner.flatMap(conditionsIn) : [];
}

function children(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) all.push(child);
  return all;
}

/** The number itself, or the factor of a product such as `0.5 * …`. */
function firstNumber(node: SyntaxNode): SyntaxNode | undefined {
  if (node.name.startsWith('NumberDurationLiteral')) return node;
  if (node.name !== 'BinaryExpr' || node.firstChild === null) return undefined;
  return firstNumber(node.firstChild);
}
