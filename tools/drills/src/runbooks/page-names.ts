import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The names of all runbooks, without `.md`. */
export function pageNames(root: string): string[] {
  return readdirSync(join(root, 'runbooks'))
    .filter((file) => /^[A-Z]\w*\.md$/.test(file) && file !== 'README.md')
    .map((file) => basename(file, '.md'))
    .sort();
}
