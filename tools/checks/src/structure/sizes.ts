import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '@watchkeeper/drills/command/markdown-table';
import type { Check } from '../check.ts';
import { trackedFiles } from '../repository/repository-checks.ts';
import { functionsOf } from './functions.ts';
import { productionPackages } from './production-packages.ts';

/** One figure of the repository's size, and the largest that is accepted; no limit, no verdict. */
export interface Size {
  readonly name: string;
  readonly value: number;
  readonly limit?: number;
  /** Where the figure comes from, such as the longest function. */
  readonly detail?: string;
}

const code = /\.(ts|mjs|js)$/;
const testCode = /\.test\.ts$|(^|\/)(testing|tests)\//;

function readCode(root: string): readonly { readonly file: string; readonly text: string }[] {
  return trackedFiles(root, '*')
    .filter((file) => code.test(file) && !testCode.test(file))
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

const lineCount = (text: string) => text.split('\n').length - 1;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Measures the code without tests and their helpers, and what each app's production install brings. */
export function measureSizes(root: string): readonly Size[] {
  const files = readCode(root);
  const lines = (prefix: string) =>
    sum(files.filter(({ file }) => file.startsWith(prefix)).map(({ text }) => lineCount(text)));
  const functions = files
    .flatMap(({ file, text }) => functionsOf(text).map((each) => ({ file, ...each })))
    .sort((one, other) => one.lines - other.lines);
  const longest = functions.at(-1);
  return [
    { name: 'lines of code without tests', value: lines(''), limit: 54_700 },
    { name: 'lines in scripts/', value: lines('scripts/'), limit: 1_200 },
    {
      name: 'lines of a function, 90th percentile',
      value: functions[Math.floor(functions.length * 0.9)]?.lines ?? 0,
      limit: 23,
    },
    {
      name: 'lines of the longest function',
      value: longest?.lines ?? 0,
      limit: 60,
      ...(longest ? { detail: `${longest.file}:${longest.line}` } : {}),
    },
    ...productionPackages(root).map(({ app, count }) => ({
      name: `packages that a production install of ${app} brings`,
      value: count,
    })),
  ];
}

/** Prints the figures as a table in Markdown. */
export function formatSizes(sizes: readonly Size[]): string {
  const rows = sizes.map(({ name, value, limit = '', detail }) => [
    ...[`${name}${detail ? `, \`${detail}\`` : ''}`, String(value), String(limit)],
  ]);
  return markdownTable(['figure', 'now', 'limit'], rows);
}

/** The code stays within the limits that docs/architecture.md gives. */
export const sizesCheck: Check = {
  name: 'sizes',
  run: async (root) =>
    measureSizes(root).flatMap(({ name, value, limit = Number.POSITIVE_INFINITY, detail }) =>
      value <= limit
        ? []
        : [`Expected at most ${limit} ${name}, got \`${value}\`${detail ? ` (${detail})` : ''}.`],
    ),
};
