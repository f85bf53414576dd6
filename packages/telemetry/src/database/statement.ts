import type { operations } from '../catalogue/metrics.ts';

export type Operation = (typeof operations)[number];

const operationByVerb: Readonly<Record<string, Operation>> = {
  select: 'select',
  with: 'select',
  values: 'select',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  begin: 'transaction',
  start: 'transaction',
  commit: 'transaction',
  rollback: 'transaction',
  savepoint: 'transaction',
  release: 'transaction',
};

/** The kind of a statement by its first word; a change of the schema or of a setting is `ddl`. */
export function classifyStatement(text: string): Operation {
  const verb =
    /^(?:\s|\(|--[^\n]*\n|\/\*[\s\S]*?\*\/)*([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? '';
  return operationByVerb[verb] ?? 'ddl';
}

const maxShapeLength = 200;

// In the order in which PostgreSQL would see them begin, so that a quote in a comment is no quote.
// Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
const tokens = new RegExp(
  [
    /"(?:[^"]|"")*(?:"|$)/,
    /\/\*[\s\S]*?(?:\*\/|$)/,
    /--[^\n]*/,
    /\b[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/,
    /'(?:[^']|'')*(?:'|$)/,
    /\$(?<tag>[a-zA-Z_]\w*)?\$[\s\S]*?(?:\$\k<tag>\$|$)/,
    /(?<![$\w])\d[\w.]*/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** A statement without its values: literals become `?`, white space is folded, the end is cut. */
export function statementShape(text: string): string {
  return text
    .replaceAll(tokens, (token) => {
      if (token.startsWith('"')) return token;
      return /^(?:--|\/\*)/.test(token) ? ' ' : '?';
    })
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, maxShapeLength);
}
