import { parser } from '@prometheus-io/lezer-promql';
import type { Recording } from '../alerts/alert-rules.ts';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** Whether an expression's result has a label. Series themselves have any: which, no rule tells. */
type Labels = (label: string) => boolean;

const setOperators = ['And', 'Unless'];
// They keep the labels of the series that they choose.
const choosing = ['topk', 'bottomk', 'limitk', 'limit_ratio'];
const all: Labels = () => true;
const none: Labels = () => false;

/** Returns the question whether a result of an expression has a label. */
export function createLabelReader(recordings: readonly Recording[]) {
  const byName = Map.groupBy(recordings, ({ name }) => name);
  return {
    /** Whether every result of the PromQL expression has the label. */
    keeps: (expression: string, label: string) =>
      labelsOf(parser.parse(expression).topNode, expression, byName)(label),
  };
}

type Recorded = ReadonlyMap<string, readonly Recording[]>;

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    found.push(child);
  }
  return found;
}

function labelsOf(node: SyntaxNode, text: string, recorded: Recorded): Labels {
  const below = (child: SyntaxNode | undefined) =>
    child === undefined ? none : labelsOf(child, text, recorded);
  if (node.name === 'VectorSelector') return ofSelector(node, text, recorded);
  if (node.name === 'AggregateExpr') return ofAggregate(node, text, below);
  if (node.name === 'BinaryExpr') return ofBinary(node, text, below);
  if (node.name === 'FunctionCall') return ofFunction(node, text, below);
  // Brackets, ranges, offsets and signs change no label.
  return below(children(node).find(isVector));
}

function ofSelector(node: SyntaxNode, text: string, recorded: Recorded): Labels {
  const name = node.getChild('Identifier');
  const rules = recorded.get(name === null ? '' : text.slice(name.from, name.to)) ?? [];
  if (rules.length === 0) return all;
  // Of several rules with one name, any may have made the series.
  return rules
    .map(({ expr, labels }) =>
      union(labelsOf(parser.parse(expr).topNode, expr, recorded), (label) => label in labels),
    )
    .reduce(intersection);
}

function ofAggregate(
  node: SyntaxNode,
  text: string,
  below: (child: SyntaxNode | undefined) => Labels,
): Labels {
  const operator = node.getChild('AggregateOp');
  const inner = below(children(node.getChild('FunctionCallBody') ?? node).find(isVector));
  if (operator !== null && choosing.includes(text.slice(operator.from, operator.to))) return inner;
  const modifier = node.getChild('AggregateModifier');
  if (modifier === null) return none;
  const listed = namesIn(modifier.getChild('GroupingLabels'), text);
  return modifier.getChild('By') ? intersection(inner, listed) : without(inner, listed);
}

function ofBinary(
  node: SyntaxNode,
  text: string,
  below: (child: SyntaxNode | undefined) => Labels,
): Labels {
  const [left, right] = children(node).filter(isOperand);
  if (left === undefined || right === undefined) return none;
  if (!isVector(left)) return below(right);
  if (!isVector(right)) return below(left);
  if (setOperators.some((name) => node.getChild(name))) return below(left);
  if (node.getChild('Or')) return intersection(below(left), below(right));
  const matching = node.getChild('MatchingModifierClause');
  if (matching?.getChild('GroupRight')) return below(right);
  const [first, second] = matching?.getChildren('GroupingLabels') ?? [];
  if (matching?.getChild('GroupLeft')) return union(below(left), namesIn(second ?? null, text));
  const listed = namesIn(first ?? null, text);
  if (matching?.getChild('On')) return listed;
  return matching === null ? below(left) : without(below(left), listed);
}

function ofFunction(
  node: SyntaxNode,
  text: string,
  below: (child: SyntaxNode | undefined) => Labels,
): Labels {
  const name = node.getChild('FunctionIdentifier');
  const called = name === null ? '' : text.slice(name.from, name.to);
  const parameters = children(node.getChild('FunctionCallBody') ?? node);
  const inner = below(parameters.find(isVector));
  if (called === 'label_replace' || called === 'label_join') {
    const [target] = parameters.filter((each) => each.name === 'StringLiteral');
    return union(
      inner,
      (label) => target !== undefined && `"${label}"` === text.slice(target.from, target.to),
    );
  }
  if (called.startsWith('absent')) return none;
  return called === 'histogram_quantile' ? without(inner, (label) => label === 'le') : inner;
}

const vectors = /^(VectorSelector|MatrixSelector|SubqueryExpr|OffsetExpr|AggregateExpr)$/;

/** Whether it holds any series; a number and `time()` do not. */
function isVector(node: SyntaxNode): boolean {
  return vectors.test(node.name) || children(node).some(isVector);
}

function isOperand({ name }: SyntaxNode): boolean {
  return /Expr$|Selector$|^FunctionCall$|Literal$/.test(name);
}

function namesIn(grouping: SyntaxNode | null, text: string): Labels {
  const names = (grouping?.getChildren('LabelName') ?? []).map(({ from, to }) =>
    text.slice(from, to),
  );
  return (label) => names.includes(label);
}

const union =
  (left: Labels, right: Labels): Labels =>
  (label) =>
    left(label) || right(label);

const intersection =
  (left: Labels, right: Labels): Labels =>
  (label) =>
    left(label) && right(label);

const without =
  (labels: Labels, dropped: Labels): Labels =>
  (label) =>
    labels(label) && !dropped(label);
