import type { BlockType } from './page.ts';

const operators = ['>', '>=', '<', '<=', '==', '!='] as const;

/** What a query's answer is compared with. */
export type Operator = (typeof operators)[number];

/** What a block is expected to give, such that a program can tell. */
export type Expectation =
  /** It runs without an error; what it gives differs from time to time. */
  | { readonly kind: 'any' }
  /** A query gives at least one series, line or row. */
  | { readonly kind: 'some' }
  | { readonly kind: 'none' }
  /** At least one value compares so, or with `isAll` every one and there is at least one. */
  | {
      readonly kind: 'value';
      readonly operator: Operator;
      readonly limit: number;
      readonly isAll: boolean;
    }
  /** A command ends with this code and, where it is said, prints this text. */
  | { readonly kind: 'exit'; readonly code: number; readonly contains?: string }
  | { readonly kind: 'status'; readonly status: number; readonly contains?: string };

const value = /^(all )?(>=|<=|==|!=|>|<) (-?\d+(?:\.\d+)?)$/;
const exit = /^exit (\d{1,3})$/;
const contains = /^contains (\S.*)$/;
const status = /^([1-5]\d\d)(?: contains (\S.*))?$/;

/** What one may write after `expect=`, for the message to whoever wrote something else. */
export const grammar: Readonly<Record<BlockType, string>> = {
  promql: '`some`, `none`, `any`, `"> 5"` (one value) or `"all < 5"` (each value)',
  logql: '`some`, `none`, `any`, `"> 5"` (one value) or `"all < 5"` (each value)',
  sql: '`some`, `none`, `any`, `"> 5"` (one row\'s first column) or `"all < 5"` (each)',
  bash: '`any`, `"exit 0"` or `"contains some text"` (and exit 0)',
  http: 'a status such as `200`, or `"200 contains some text"`',
};

/** Reads what a block of that type is expected to give; undefined when it can't be checked. */
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
