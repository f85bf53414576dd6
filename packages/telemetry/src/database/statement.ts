import type { operations } from '../catalogue/metrics.ts';

/** One of the kinds of statement. */
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

/** The kind of a statement by its first word; what changes the schema or a setting is `ddl`. */
export function operationOf(text: string): Operation {
  const verb = /^\s*([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? '';
  return operationByVerb[verb] ?? 'ddl';
}

const maxShapeLength = 200;

/** A statement without its values: literals become `?`, white space is folded, the end is cut. */
export function statementShape(text: string): string {
  return text
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/(?<![$\w])\d+(?:\.\d+)?/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, maxShapeLength);
}
