import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

/** The limit that an alert sets. */
export interface Limit {
  readonly alert: string;
  readonly value: number;
  /** On which side of it the alert fires. */
  readonly side: 'above' | 'below' | 'at';
  readonly severity: string;
  readonly unit?: string;
}

interface AlertRule {
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
}

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

const monitoring = join(import.meta.dirname, '../../..');

/** The rules that ship beside the dashboards. */
export const shippedRules: string = join(monitoring, 'prometheus/rules');
const logRules = join(monitoring, 'loki/rules/fake');

const sides = { Gtr: 'above', Gte: 'above', Lss: 'below', Lte: 'below', Eql: 'at' } as const;
type Comparison = keyof typeof sides;

/**
 * The limit of an alert, read from its rule: the number of one of its comparisons. Throws where there
 * is no such alert, or no such comparison in it.
 */
export function limitOf(alert: string, comparison = 0, folder: string = shippedRules): Limit {
  const all = [...readAlertRules(folder), ...readAlertRules(logRules)];
  const rule = all.find((candidate) => candidate.alert === alert);
  if (rule === undefined) {
    throw new Error(`Expected an alert \`${alert}\` in \`${folder}\`, got none. Is it renamed?`);
  }
  const found = comparisonsIn(rule.expr)[comparison];
  if (found === undefined) {
    throw new Error(
      `Expected \`${alert}\` to have a comparison with a number at place ${comparison}.`,
    );
  }
  return { alert, ...found, severity: rule.labels?.severity ?? 'none' };
}

const rulesByFolder = new Map<string, AlertRule[]>();

function readAlertRules(folder: string): AlertRule[] {
  const known = rulesByFolder.get(folder);
  if (known !== undefined) return known;
  // Who copies the dashboards may have left Loki's rules out.
  const rules = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith('.rules.yml'))
    .flatMap((file) => {
      const { groups } = parse(readFileSync(join(folder, file), 'utf8')) as {
        groups: { rules: AlertRule[] }[];
      };
      return groups.flatMap((group) => group.rules);
    });
  rulesByFolder.set(folder, rules);
  return rules;
}

const joins = ['And', 'Or', 'Unless'];

/**
 * The comparisons with a number that decide whether the alert fires, in the order in which they are
 * written. One within arithmetic, such as a divisor that must not be 0, decides nothing.
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

/** The comparisons that `and`, `or` and `unless` join. */
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
