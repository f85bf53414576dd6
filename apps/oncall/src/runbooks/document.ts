import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { marked, type Token, type Tokens } from 'marked';

const queryTypes = ['promql', 'logql'] as const;

export type QueryType = (typeof queryTypes)[number];

interface RunbookQuery {
  /** Its place among the runbook's queries, from 1. */
  readonly index: number;
  readonly type: QueryType;
  readonly code: string;
}

export interface Runbook {
  readonly name: string;
  readonly tokens: readonly Token[];
  readonly queries: readonly RunbookQuery[];
  readonly queryOf: ReadonlyMap<Token, RunbookQuery>;
}

// An alert's name; it cannot leave the folder.
const namePattern = /^[A-Za-z][A-Za-z0-9]{0,99}$/;

/** Undefined if there is no runbook of that name. */
export async function readRunbook(
  folder: string | undefined,
  name: string,
): Promise<Runbook | undefined> {
  if (folder === undefined || !namePattern.test(name)) return undefined;
  try {
    return parseRunbook(name, await readFile(join(folder, `${name}.md`), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export function parseRunbook(name: string, text: string): Runbook {
  // Front matter is not shown.
  const tokens = marked.lexer(text.replace(/^---\n.*?\n---\n+/s, ''));
  const queryOf = new Map<Token, RunbookQuery>();
  marked.walkTokens(tokens, (token) => {
    if (token.type !== 'code') return;
    const { lang = '', text: code } = token as Tokens.Code;
    const type = queryTypes.find((known) => known === lang.split(/\s/)[0]);
    if (type !== undefined) queryOf.set(token, { index: queryOf.size + 1, type, code });
  });
  return { name, tokens, queries: [...queryOf.values()], queryOf };
}
