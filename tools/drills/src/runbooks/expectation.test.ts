import { expect, test } from '@jest/globals';
import { readExpectation } from './expectation.ts';
import { type BlockType, readPage } from './page.ts';

test.each<[BlockType, string, object | undefined]>([
  ['promql', 'some', { kind: 'some' }],
  ['sql', 'none', { kind: 'none' }],
  ['logql', 'any', { kind: 'any' }],
  ['promql', '> 0.05', { kind: 'value', operator: '>', limit: 0.05, isAll: false }],
  ['sql', 'all <= -2', { kind: 'value', operator: '<=', limit: -2, isAll: true }],
  ['bash', 'any', { kind: 'any' }],
  ['bash', 'exit 1', { kind: 'exit', code: 1 }],
  ['bash', 'contains two words', { kind: 'exit', code: 0, contains: 'two words' }],
  ['http', '200', { kind: 'status', status: 200 }],
  ['http', '200 contains alive', { kind: 'status', status: 200, contains: 'alive' }],
  ['promql', 'exit 0', undefined],
  ['promql', '>5', undefined],
  ['promql', 'about 5', undefined],
  ['bash', 'some', undefined],
  ['http', 'any', undefined],
  ['http', '999', undefined],
])('reads the expectation of a %s block %j', (type, text, expected) => {
  expect(readExpectation(type, text)).toEqual(expected);
});

test('takes a page apart, with the lines of its blocks', () => {
  const text = [
    '---',
    'severity: none',
    '---',
    '# Name',
    '',
    '## Diagnosis',
    '',
    '1. A question',
    '',
    '   ```sql on=compose expect="> 5"',
    '   SELECT 1',
    '     + 5;',
    '   ```',
    '',
    '## Recovery',
    '',
    'Text.',
  ].join('\n');
  const page = readPage(text);
  expect(page.frontMatter).toEqual({ severity: 'none' });
  expect(page.title).toBe('Name');
  expect([...page.sections.keys()]).toEqual(['Diagnosis', 'Recovery']);
  expect(page.blocks).toEqual([
    {
      type: 'sql',
      attributes: { on: 'compose', expect: '> 5' },
      unknownWords: [],
      code: 'SELECT 1\n  + 5;',
      line: 10,
      section: 'Diagnosis',
    },
  ]);
});
