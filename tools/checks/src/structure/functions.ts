import { parseSync } from '@swc/core';

/** A function of more than one line. */
export interface MeasuredFunction {
  /** Its first line, from 1. */
  readonly line: number;
  readonly lines: number;
}

const kinds = new Set([
  ...['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'],
  ...['ClassMethod', 'MethodProperty', 'Constructor'],
]);

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds the functions of a TypeScript text; throws where it does not parse. */
export function functionsOf(text: string): readonly MeasuredFunction[] {
  // swc counts bytes over all that a process parses; the statement in front marks where this begins.
  const bytes = Buffer.from(`;${text}`);
  const tree = parseSync(bytes.toString(), { syntax: 'typescript', target: 'es2024' });
  const lineAt = (offset: number) =>
    bytes
      .subarray(0, offset - tree.span.start)
      .toString()
      .split('\n').length;
  return spansIn(tree).flatMap(({ start, end }) => {
    const line = lineAt(start);
    const lines = lineAt(end) - line + 1;
    return lines > 1 ? [{ line, lines }] : [];
  });
}

function spansIn(node: unknown): Span[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, span } = node as { type?: string; span?: Span };
  const own = span !== undefined && kinds.has(type ?? '') ? [span] : [];
  return [...own, ...Object.values(node).flatMap(spansIn)];
}
