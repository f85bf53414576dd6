import { spawnSync } from 'node:child_process';
import { findSyntaxError } from '@watchkeeper/stack/configuration/promql';
import type { BlockType } from './page.ts';

/** The syntax error of a block's code, or undefined. */
export function syntaxError(type: BlockType, code: string): string | undefined {
  if (code.trim() === '') return 'is empty';
  return parsers[type](code);
}

const parsers: Readonly<Record<BlockType, (code: string) => string | undefined>> = {
  promql: promqlError,
  logql: logqlError,
  bash: bashError,
  sql: (code) => (/;\s*$/.test(code) ? undefined : 'expected a semicolon at its end'),
  http: (code) =>
    /^(GET|PUT|POST|DELETE) https?:\/\/\S+(\n|$)/.test(code)
      ? undefined
      : 'expected its first line to be a method and an address, such as `GET http://…`',
};

function promqlError(code: string): string | undefined {
  const position = findSyntaxError(code);
  return position && `does not parse as PromQL at its ${position}`;
}

// Loki's labels, each with few values; the rest are fields of the line.
const streamLabels = ['service', 'level', 'environment'];
const selector = /\{([^}]*)\}/;
const pairs: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' };

/** There is no LogQL parser here: it checks the labels of the selector, and the brackets. */
function logqlError(code: string): string | undefined {
  const [, matchers] = selector.exec(code) ?? [];
  if (matchers === undefined) return 'expected a stream selector, such as `{service="api"}`';
  const names = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, name = '']) => name);
  const unknown = names.find((name) => !streamLabels.includes(name));
  if (unknown !== undefined) {
    return `expected the labels ${streamLabels.join(', ')}, got \`${unknown}\``;
  }
  const open: string[] = [];
  for (const character of code.replace(/"(?:\\.|[^"\\])*"|`[^`]*`/g, '')) {
    if ('({['.includes(character)) open.push(character);
    else if (character in pairs && open.pop() !== pairs[character])
      return 'has an unmatched bracket';
  }
  return open.length === 0 ? undefined : 'has an unclosed bracket';
}

// Many pages share commands, and the processes take most of the check's time.
const results = new Map<string, string | undefined>();

function bashError(code: string): string | undefined {
  if (!results.has(code)) results.set(code, parseWithBash(code));
  return results.get(code);
}

function parseWithBash(code: string): string | undefined {
  // With a socket as its input, as here, bash would read the user's settings.
  const options = { input: code, encoding: 'utf8' } as const;
  const { status, stderr } = spawnSync('bash', ['--norc', '-n'], options);
  return status === 0 ? undefined : `does not parse as bash: ${stderr.trim().split('\n')[0]}`;
}
