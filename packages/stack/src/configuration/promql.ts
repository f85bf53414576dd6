import { parser } from '@prometheus-io/lezer-promql';
import { formatDuration, parseDuration } from '@watchkeeper/viewer/model/duration';
import { StackError } from '../stack-error.ts';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

interface Replacement {
  from: number;
  to: number;
  text: string;
}

const contexts = ['MatrixSelector', 'SubqueryExpr', 'OffsetExpr'];
const durations = ['DurationExpr', 'OffsetDurationExpr'];
const literal = 'NumberDurationLiteralInDurationContext';

/** Divides a duration by the factor; zero stays zero, because it means `never` or `at once`. */
export function compressMs(durationMs: number, factor: number): number {
  // One millisecond is the finest both programs know, and rounding to zero would change a meaning.
  return durationMs === 0 ? 0 : Math.max(1, Math.round(durationMs / factor));
}

function compressLiteral(text: string, factor: number): string {
  // A bare number in place of a duration is a number of seconds.
  const durationMs = parseDuration(text) ?? Number(text) * 1_000;
  return formatDuration(compressMs(durationMs, factor));
}

// A literal alone, or one with a sign: everything else is arithmetic, which is divided as a whole.
function findLiteral(duration: SyntaxNode): SyntaxNode | undefined {
  const last = duration.lastChild;
  if (last?.name === literal) return last;
  const isSigned = duration.firstChild?.name === 'UnaryOp';
  return isSigned && last && durations.includes(last.name) ? findLiteral(last) : undefined;
}

function compressNode(node: SyntaxNode, expression: string, factor: number): Replacement {
  const single = findLiteral(node);
  if (!single) {
    const text = `(${expression.slice(node.from, node.to)}) / ${factor}`;
    return { from: node.from, to: node.to, text };
  }
  const text = compressLiteral(expression.slice(single.from, single.to), factor);
  return { from: single.from, to: single.to, text };
}

/** The position of the first syntax error, such as `line 1, column 5`; undefined without one. */
export function findSyntaxError(expression: string): string | undefined {
  let offset: number | undefined;
  parser.parse(expression).iterate({
    enter: ({ node }) => {
      if (node.type.isError) offset ??= node.from;
    },
  });
  if (offset === undefined) return undefined;
  const before = expression.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/**
 * Divides every range, subquery step and offset of a PromQL expression by the factor, and changes
 * nothing else. Throws, with the position, when the expression does not parse.
 */
export function compressExpression(expression: string, factor: number): string {
  const position = findSyntaxError(expression);
  if (position !== undefined) {
    throw new StackError(`Expected PromQL, got a syntax error at ${position} of the expr.`);
  }
  const replacements: Replacement[] = [];
  parser.parse(expression).iterate({
    enter: ({ node }) => {
      const isOutermost =
        durations.includes(node.name) && contexts.includes(node.parent?.name ?? '');
      if (isOutermost) replacements.push(compressNode(node, expression, factor));
    },
  });
  return replacements
    .sort((left, right) => right.from - left.from)
    .reduce(
      (text, { from, to, text: by }) => `${text.slice(0, from)}${by}${text.slice(to)}`,
      expression,
    );
}
