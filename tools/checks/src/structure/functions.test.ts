import { expect, test } from '@jest/globals';
import { functionsOf } from './functions.ts';

test('finds functions, methods and arrows of more than one line, past other alphabets', () => {
  const text = [
    "const name = 'né ≠ 名前';",
    'export function outer(): void {',
    '  const inner = () => {',
    '    return name;',
    '  };',
    '  const short = () => name;',
    '}',
    'const made = {',
    '  method() {',
    '    return 1;',
    '  },',
    '};',
  ].join('\n');
  const expected = [
    { line: 2, lines: 6 },
    { line: 3, lines: 3 },
    { line: 9, lines: 3 },
  ];
  expect(functionsOf(text)).toEqual(expected);
  // The second text of a process starts where the first one ended.
  expect(functionsOf(text)).toEqual(expected);
});
