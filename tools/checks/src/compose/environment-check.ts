import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../check.ts';

const example = '.env.example';
const composeFiles = ['docker-compose.yml', 'docker-compose.monitoring.yml'];
// The system's own: set by no one for our sake.
const systemVariables = new Set(['PATH', 'HOME', 'XDG_CACHE_HOME']);
// How the sources of native mode name a variable that they read.
const readPattern = /environment\.([A-Z][A-Z_]+)|variable: '([A-Z_]+)'|environment, '([A-Z_]+)'/g;

/** `.env.example` names every variable that `npm start` or compose reads, and no other. */
export const environmentCheck: Check = {
  name: 'environment example',
  async run(root) {
    const text = readFileSync(join(root, example), 'utf8');
    return compareVariables(text, [...composeVariables(root), ...nativeVariables(root)]);
  },
};

/** What is wrong between the example's text and the names that are read. */
export function compareVariables(text: string, read: readonly string[]): readonly string[] {
  const named = new Set([...text.matchAll(/^#?\s?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name));
  const wanted = new Set(read.filter((name) => !systemVariables.has(name)));
  const lacking = [...wanted].filter((name) => !named.has(name));
  const strange = [...named].filter((name) => !wanted.has(name));
  return [
    ...lacking.map((name) => `${example}: expected \`${name}\`, which is read. Add it.`),
    ...strange.map((name) => `${example}: nothing reads \`${name}\`. Remove it.`),
  ];
}

function composeVariables(root: string): string[] {
  return composeFiles.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name = '']) => name);
  });
}

function nativeVariables(root: string): string[] {
  const folder = join(root, 'packages/stack/src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(readPattern)])
    .map(([, first, second, third]) => first ?? second ?? third ?? '');
}
