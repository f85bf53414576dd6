import { spawnSync } from 'node:child_process';
import { parser } from '@prometheus-io/lezer-promql';
import type { BlockType } from './page.ts';

/** What is wrong with the code of a block of that type; undefined when nothing is. */
export function syntaxFault(type: BlockType, code: string): string | undefined {
  if (code.trim() === '') return 'is empty';
  return judges[type](code);
}

const judges: Readonly<Record<BlockType, (code: string) => string | undefined>> = {
  promql: promqlFault,
  logql: logqlFault,
  bash: bashFault,
  sql: (code) => (/;\s*$/.test(code) ? undefined : 'expected a semicolon at its end'),
  http: (code) =>
    /^(GET|PUT|POST|DELETE) https?:\/\/\S+(\n|$)/.test(code)
      ? undefined
      : 'expected its first line to be a method and an address, such as `GET http://…`',
};

function promqlFault(code: string): string | undefined {
  let fault: string | undefined;
  parser.parse(code).iterate({
    enter: ({ node }) => {
      if (node.type.isError) fault ??= `does not parse as PromQL at ${position(code, node.from)}`;
    },
  });
  return fault;
}

function position(code: string, offset: number): string {
  const before = code.slice(0, offset).split('\n');
  return `its line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

// Loki's labels, each with few values; everything else is a field of the line.
const streamLabels = ['service', 'level', 'environment'];
const selector = /\{([^}]*)\}/;
const pairs: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' };

/** LogQL has no parser here: its selector is judged by our labels, the rest by its brackets. */
function logqlFault(code: string): string | undefined {
  const [, matchers] = selector.exec(code) ?? [];
  if (matchers === undefined) return 'expected a stream selector, such as `{service="api"}`';
  const names = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, name = '']) => name);
  const stranger = names.find((name) => !streamLabels.includes(name));
  if (stranger !== undefined) {
    return `expected the labels ${streamLabels.join(', ')}, got \`${stranger}\``;
  }
  const open: string[] = [];
  for (const character of code.replace(/"(?:\\.|[^"\\])*"|`[^`]*`/g, '')) {
    if ('({['.includes(character)) open.push(character);
    else if (character in pairs && open.pop() !== pairs[character]) return 'has a stray bracket';
  }
  return open.length === 0 ? undefined : 'has a bracket that nothing closes';
}

// Many pages have the same commands, and a process for each is most of the check's time.
const judged = new Map<string, string | undefined>();

function bashFault(code: string): string | undefined {
  if (!judged.has(code)) judged.set(code, askBash(code));
  return judged.get(code);
}

function askBash(code: string): string | undefined {
  // Where its input is a socket, as it is here, bash would read the user's settings.
  const options = { input: code, encoding: 'utf8' } as const;
  const { status, stderr } = spawnSync('bash', ['--norc', '-n'], options);
  return status === 0 ? undefined : `does not parse as bash: ${stderr.trim().split('\n')[0]}`;
}
