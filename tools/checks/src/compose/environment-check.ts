import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../check.ts';

const example = '.env.example';
const composeFiles = [
  ...['docker-compose.yml', 'docker-compose.monitoring.yml', 'docker-compose.tls.yml'],
];
// Set by the operating system.
const systemVariables = new Set(['PATH', 'HOME', 'XDG_CACHE_HOME']);
// How the sources of native mode read a variable.
const readPattern = /environment\.([A-Z][A-Z_]+)|variable: '([A-Z_]+)'|environment, '([A-Z_]+)'/g;

/** `.env.example` names every variable that `npm start` or compose reads, and no other. */
export const environmentCheck: Check = {
  name: 'environment example',
  async run(root) {
    const text = readFileSync(join(root, example), 'utf8');
    return compareVariables(text, [...composeVariables(root), ...nativeVariables(root)]);
  },
};

/** Differences between the example and the variables that are read, each with its fix. */
export function compareVariables(text: string, read: readonly string[]): readonly string[] {
  const named = new Set([...text.matchAll(/^#?\s?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name));
  const used = new Set(read.filter((name) => !systemVariables.has(name)));
  const missing = [...used].filter((name) => !named.has(name));
  const unused = [...named].filter((name) => !used.has(name));
  return [
    ...missing.map((name) => `${example}: expected \`${name}\`, which is read. Add it.`),
    ...unused.map((name) => `${example}: nothing reads \`${name}\`. Remove it.`),
  ];
}

function composeVariables(root: string): string[] {
  return composeFiles.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    // With braces, or as a build argument that takes its value from the environment.
    return [...text.matchAll(/(?<!\$)\$\{([A-Z_]+)|^ {8}([A-Z_]+):$/gm)].map(
      ([, first, second]) => first ?? second ?? '',
    );
  });
}

function nativeVariables(root: string): string[] {
  const folder = join(root, 'packages/stack/src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(readPattern)])
    .map(([, first, second, third]) => first ?? second ?? third ?? '');
}
