import type { ClientBase, Pool, QueryResultRow } from 'pg';
import sql, { type RawValue } from 'sql-template-tag';

/** The pool, or the client of a transaction. */
export type Queryable = Pool | ClientBase;

/** A template literal tag: its values become parameters, unless they are fragments of SQL themselves. */
type Statement<T> = (strings: TemplateStringsArray, ...values: RawValue[]) => Promise<T>;

/** Runs a statement; resolves to its rows. */
export function queryRows<T extends QueryResultRow = Record<string, unknown>>(
  queryable: Queryable,
): Statement<T[]> {
  return async (...statement) => (await queryable.query<T>(sql(...statement))).rows;
}

/** Runs a statement; resolves to its first row. */
export function queryRow<T extends QueryResultRow = Record<string, unknown>>(
  queryable: Queryable,
): Statement<T | undefined> {
  return async (...statement) => (await queryable.query<T>(sql(...statement))).rows[0];
}

/** Runs a statement; resolves to the number of rows it found or changed. */
export function execute(queryable: Queryable): Statement<number> {
  return async (...statement) => (await queryable.query(sql(...statement))).rowCount ?? 0;
}
