import { expect, test } from '@jest/globals';
import { operationOf, statementShape } from './statement.ts';

test.each([
  ['SELECT 1', 'select'],
  ['  with x as (select 1) select * from x', 'select'],
  ['INSERT INTO t VALUES (1)', 'insert'],
  ['update t set a = 1', 'update'],
  ['DELETE FROM t', 'delete'],
  ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'transaction'],
  ['CREATE TABLE t ()', 'ddl'],
  ['', 'ddl'],
])('takes %j for %s', (text, operation) => {
  expect(operationOf(text)).toBe(operation);
});

test.each([
  [
    "SELECT * FROM u WHERE phone = '+31 6' AND n > 12.5",
    'SELECT * FROM u WHERE phone = ? AND n > ?',
  ],
  ["SELECT 'it''s', $1, col2", 'SELECT ?, $1, col2'],
  ['SELECT\n  1', 'SELECT ?'],
])('keeps of %j only the shape', (text, shape) => {
  expect(statementShape(text)).toBe(shape);
});
