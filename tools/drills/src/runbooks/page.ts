import { parse } from 'yaml';

/** The types of blocks that a program can run. */
export const blockTypes = ['promql', 'logql', 'sql', 'bash', 'http'] as const;

export type BlockType = (typeof blockTypes)[number];

/** The modes in `on=`; a block without it is for all. */
export const modes = ['compose', 'native', 'kubernetes'] as const;

/** A fenced block of a runbook. */
export interface Block {
  readonly type: string;
  /** `expect` and, for some, `on`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Words after the type that are no `name=value`. */
  readonly unknownWords: readonly string[];
  readonly code: string;
  /** The line of its opening fence, from 1. */
  readonly line: number;
  /** The level-two heading above it, such as `Diagnosis`. */
  readonly section: string;
}

export type Page = ReturnType<typeof readPage>;

/** The text below each level-two heading, and the heading's line. */
type Sections = Map<string, { text: string; line: number }>;

const fence = /^\s*```(.*)$/;

/** Parses a runbook, whose title is its level-one heading; `tools/checks/src/runbooks` checks it. */
export function readPage(text: string) {
  const lines = text.split('\n');
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1;
  const frontMatter: unknown = end > 0 ? parse(lines.slice(1, end).join('\n')) : undefined;
  const sections: Sections = new Map();
  const blocks: Block[] = [];
  let title: string | undefined;
  let section = '';
  for (let index = end + 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const opening = fence.exec(line);
    if (opening) {
      const closing = lines.findIndex((each, at) => at > index && /^\s*```\s*$/.test(each));
      const last = closing === -1 ? lines.length : closing;
      const code = dedent(lines.slice(index + 1, last));
      blocks.push({ ...readInfo(opening[1] ?? ''), code, line: index + 1, section });
      append(sections, section, lines.slice(index, last + 1).join('\n'));
      index = last;
      continue;
    }
    if (line.startsWith('# ')) title ??= line.slice(2);
    if (line.startsWith('## ')) {
      section = line.slice(3);
      sections.set(section, { text: '', line: index + 1 });
    } else append(sections, section, line);
  }
  return { frontMatter, title, sections, blocks, lines };
}

function append(sections: Sections, name: string, text: string) {
  const section = sections.get(name);
  if (section !== undefined) section.text += `${text}\n`;
}

function dedent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  return lines
    .map((line) => line.slice(indent))
    .join('\n')
    .trimEnd();
}

// A value with a space is quoted, and may contain the other kind of quote.
const word = /([a-z]+)=(?:"([^"]*)"|'([^']*)'|(\S+))|(\S+)/g;

function readInfo(info: string): Pick<Block, 'type' | 'attributes' | 'unknownWords'> {
  const [type = '', ...rest] = info.trim().split(/\s+/);
  const attributes: Record<string, string> = {};
  const unknownWords: string[] = [];
  for (const [, name, double, single, bare, stray] of rest.join(' ').matchAll(word)) {
    if (name === undefined) unknownWords.push(stray ?? '');
    else attributes[name] = double ?? single ?? bare ?? '';
  }
  return { type, attributes, unknownWords };
}
