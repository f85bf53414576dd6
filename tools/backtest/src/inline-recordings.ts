import { parser } from '@prometheus-io/lezer-promql';
import { RefusedQuery } from './prometheus.ts';
import type { Recording, RuleSet } from './rules.ts';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  /** With its quotes. */
  readonly literal: string;
}

// Marks the series that a matcher accepts. PromQL can filter an expression's result by a label
// only through a join.
const mark = 'backtest_matches';

/**
 * Puts the rules' recordings in place of their names, so that an alert can be evaluated over a past in
 * which nobody recorded them. A recording of a recording is resolved as well; one that reads itself
 * keeps its name where it does.
 * @throws RefusedQuery for a matcher whose text is none here
 */
export function inlineRecordings(expr: string, recordings: RuleSet['recordings']): string {
  return inline(expr, recordings, new Set());
}

function inline(
  expr: string,
  recordings: RuleSet['recordings'],
  within: ReadonlySet<string>,
): string {
  const replacements: { from: number; to: number; text: string }[] = [];
  const cut = (node: Pick<SyntaxNode, 'from' | 'to'>) => expr.slice(node.from, node.to);
  parser.parse(expr).iterate({
    enter: ({ node }) => {
      if (node.name !== 'VectorSelector') return;
      const identifier = node.getChild('Identifier');
      const name = identifier ? cut(identifier) : '';
      const rules = recordings.get(name);
      if (rules === undefined || within.has(name)) return;
      const matchers = matchersOf(node, cut);
      const text = rules
        .filter((rule) => mayMatch(rule, matchers))
        .map((rule) => {
          const recorded = inline(rule.expr, recordings, new Set([...within, name]));
          return labelled(recorded, rule, matchers);
        })
        .join(' or ');
      const interval = rules[0]?.interval ?? 60;
      replacements.push(place(node, { text: text || '(vector(0) > 1)', interval, cut }));
    },
  });
  return replacements
    .sort((one, other) => other.from - one.from)
    .reduce((text, { from, to, text: by }) => `${text.slice(0, from)}${by}${text.slice(to)}`, expr);
}

function matchersOf(selector: SyntaxNode, cut: (node: SyntaxNode) => string): readonly Matcher[] {
  const list = selector.getChild('LabelMatchers');
  return (list?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => {
    const [label, operator, literal] = ['LabelName', 'MatchOp', 'StringLiteral'].map((name) => {
      const child = matcher.getChild(name);
      return child ? cut(child) : '';
    });
    return {
      label: label ?? '',
      operator: operator as Matcher['operator'],
      literal: literal ?? '""',
    };
  });
}

/** Of Go's escapes those that JSON has too: the others stand in no name or pattern of sense. */
function unquote(literal: string): string {
  if (!literal.startsWith('"')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch (error) {
    throw unreadable(literal, error);
  }
}

function unreadable(literal: string, cause: unknown): RefusedQuery {
  const cure = 'Write it without that escape or flag, or use `--recordings stored`';
  return new RefusedQuery(`cannot apply the matcher ${literal} to a recording. ${cure}`, { cause });
}

/** False where a label that the rule sets excludes it. */
function mayMatch({ labels }: Recording, matchers: readonly Matcher[]): boolean {
  return matchers.every(({ label, operator, literal }) => {
    const value = labels[label];
    if (value === undefined) return true;
    const isSame = operator.endsWith('~') ? matches(value, literal) : value === unquote(literal);
    return operator.startsWith('!') ? !isSame : isSame;
  });
}

function matches(value: string, literal: string): boolean {
  const pattern = unquote(literal);
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch (error) {
    // RE2 knows flags that JavaScript lacks.
    throw unreadable(literal, error);
  }
}

/** The recorded expression with the labels that its rule sets, and only what the matchers accept. */
function labelled(expr: string, { labels }: Recording, matchers: readonly Matcher[]): string {
  const set = Object.entries(labels).reduce(
    (inner, [label, value]) =>
      `label_replace(${inner}, ${JSON.stringify(label)}, ${JSON.stringify(value)}, "", "")`,
    `(${expr})`,
  );
  return matchers
    .filter(({ label }) => labels[label] === undefined)
    .reduce((inner, matcher) => filter(inner, matcher), set);
}

function filter(expr: string, { label, operator, literal }: Matcher): string {
  const pattern = operator.endsWith('~') ? unquote(literal) : escapeRegExp(unquote(literal));
  const marked = `label_replace(${expr}, "${mark}", "1", "${label}", ${JSON.stringify(pattern)})`;
  const join = operator.startsWith('!') ? 'unless' : 'and';
  const matching = `label_replace(vector(1), "${mark}", "1", "", "")`;
  return `label_replace(${marked} ${join} on (${mark}) ${matching}, "${mark}", "", "", "")`;
}

const escapeRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

interface Placed {
  readonly text: string;
  readonly interval: number;
  readonly cut: (node: Pick<SyntaxNode, 'from' | 'to'>) => string;
}

// By its text: the grammar takes `a < b offset 5m` for an offset of the comparison.
const atAnotherTime = /^(?:\s*(?:offset\s+[-+]?[\w.]+|@\s*(?:[\w.]+(?:\s*\(\s*\))?)))+/i;

/** A selector becomes an expression; a range of one, or one at another time, a subquery. */
function place(selector: SyntaxNode, { text, interval, cut }: Placed) {
  const { parent } = selector;
  if (parent?.name === 'MatrixSelector') {
    const range = parent.getChild('DurationExpr');
    const length = range ? cut(range) : `${interval}s`;
    return { from: parent.from, to: parent.to, text: `(${text})[${length}:${interval}s]` };
  }
  const { from, to } = selector;
  const moved = atAnotherTime.exec(cut({ from: to, to: Number.POSITIVE_INFINITY }))?.[0] ?? '';
  if (moved === '') return { from, to, text: `(${text})` };
  // Only selectors and subqueries can be moved in time; this one has a single evaluation.
  const subquery = `(${text})[${interval}s:${interval}s]${moved}`;
  return { from, to: to + moved.length, text: `last_over_time(${subquery})` };
}
