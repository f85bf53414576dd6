import { expect, test } from '@jest/globals';
import { classifyStatement, statementShape } from './statement.ts';

test.each([
  ['SELECT 1', 'select'],
  ['  with x as (select 1) select * from x', 'select'],
  ['INSERT INTO t VALUES (1)', 'insert'],
  ['update t set a = 1', 'update'],
  ['DELETE FROM t', 'delete'],
  ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'transaction'],
  ['CREATE TABLE t ()', 'ddl'],
  ['/* who asks */ -- and why\n (SELECT 1)', 'select'],
  ['', 'ddl'],
])('takes %j for %s', (text, operation) => {
  expect(classifyStatement(text)).toBe(operation);
});

test.each([
  [
    "SELECT * FROM u WHERE phone = '+31 6' AND n > 12.5",
    'SELECT * FROM u WHERE phone = ? AND n > ?',
  ],
  ["SELECT 'it''s', $1, col2", 'SELECT ?, $1, col2'],
  ['SELECT\n  1', 'SELECT ?'],
  ["SELECT E'it\\'s secret', e'a'", 'SELECT ?, ?'],
  ["SELECT * FROM t WHERE name LIKE'a%'", 'SELECT * FROM t WHERE name LIKE?'],
  ['SELECT $$secret$$, $a$it $$ secret$a$, $2', 'SELECT ?, ?, $2'],
  ["SELECT 1 -- it's secret\nFROM t", 'SELECT ? FROM t'],
  ["SELECT /* it's secret */ 'secret'", 'SELECT ?'],
  ["SELECT '-- no comment', a", 'SELECT ?, a'],
  ["SELECT \"it's a column\", 'secret'", 'SELECT "it\'s a column", ?'],
  ['SELECT 1e5, 0xCAFE, -1.5', 'SELECT ?, ?, -?'],
  ["SELECT B'101', 'never ended secret", 'SELECT B?, ?'],
  ['SELECT $$never ended secret', 'SELECT ?'],
])('keeps of %j only the shape', (text, shape) => {
  expect(statementShape(text)).toBe(shape);
});
