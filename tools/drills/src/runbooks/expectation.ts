import type { BlockType } from './page.ts';

const operators = ['>', '>=', '<', '<=', '==', '!='] as const;

export type Operator = (typeof operators)[number];

/** The expected result of a block. */
export type Expectation =
  /** It runs without an error, whatever it returns. */
  | { readonly kind: 'any' }
  /** At least one series, line or row. */
  | { readonly kind: 'some' }
  | { readonly kind: 'none' }
  /** At least one value meets the comparison; with `isAll` every value, and there is one. */
  | {
      readonly kind: 'value';
      readonly operator: Operator;
      readonly limit: number;
      readonly isAll: boolean;
    }
  /** The exit code of a command, and a text that it prints. */
  | { readonly kind: 'exit'; readonly code: number; readonly contains?: string }
  | { readonly kind: 'status'; readonly status: number; readonly contains?: string };

const value = /^(all )?(>=|<=|==|!=|>|<) (-?\d+(?:\.\d+)?)$/;
const exit = /^exit (\d{1,3})$/;
const contains = /^contains (\S.*)$/;
const status = /^([1-5]\d\d)(?: contains (\S.*))?$/;

/** The syntax after `expect=`, for error messages. */
export const grammar: Readonly<Record<BlockType, string>> = {
  promql: '`some`, `none`, `any`, `"> 5"` (one value) or `"all < 5"` (each value)',
  logql: '`some`, `none`, `any`, `"> 5"` (one value) or `"all < 5"` (each value)',
  sql: '`some`, `none`, `any`, `"> 5"` (one row\'s first column) or `"all < 5"` (each)',
  bash: '`any`, `"exit 0"` or `"contains some text"` (and exit 0)',
  http: 'a status such as `200`, or `"200 contains some text"`',
};

/** Undefined when the text is no expectation for a block of that type. */
export function readExpectation(type: BlockType, text: string): Expectation | undefined {
  if (type === 'http') {
    const [, code, wanted] = status.exec(text) ?? [];
    if (code === undefined) return undefined;
    return { kind: 'status', status: Number(code), ...(wanted ? { contains: wanted } : {}) };
  }
  if (text === 'any') return { kind: 'any' };
  if (type === 'bash') {
    const [, code] = exit.exec(text) ?? [];
    if (code !== undefined) return { kind: 'exit', code: Number(code) };
    const [, wanted] = contains.exec(text) ?? [];
    return wanted === undefined ? undefined : { kind: 'exit', code: 0, contains: wanted };
  }
  if (text === 'some' || text === 'none') return { kind: text };
  const [, all, operator, limit] = value.exec(text) ?? [];
  if (operator === undefined) return undefined;
  return {
    kind: 'value',
    operator: operator as Operator,
    limit: Number(limit),
    isAll: all !== undefined,
  };
}
