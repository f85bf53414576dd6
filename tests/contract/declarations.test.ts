// Lines that are written are declared, at their level; lines and metrics that are declared are made.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { metricCatalogues } from '@watchkeeper/checks/names/known-names';
import type { LogEventCatalogue } from '@watchkeeper/telemetry';

const root = join(import.meta.dirname, '../..');
const apps = readdirSync(join(root, 'apps')).map((app) => `apps/${app}`);
const shared = ['packages/telemetry', 'packages/galley'];

interface Source {
  readonly file: string;
  readonly text: string;
}

function sourcesOf(owner: string): Source[] {
  const folder = join(root, owner, 'src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing\//.test(file))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
}

async function catalogueOf(owner: string): Promise<LogEventCatalogue> {
  const file = ['catalogue.ts', 'index.ts'].find((name) =>
    existsSync(join(root, owner, 'src', name)),
  );
  if (file === undefined) return {};
  const module = (await import(pathToFileURL(join(root, owner, 'src', file)).href)) as Record<
    string,
    unknown
  >;
  const parts = Object.entries(module).filter(([name]) => name.endsWith('LogEvents'));
  return Object.assign({}, ...parts.map(([, part]) => part));
}

/** Whether code that is not a declaration has the name in it, as a text of its own. */
function isNamedIn(sources: readonly Source[], name: string): boolean {
  const quoted = new RegExp(`(['"])${name}\\1`);
  return sources.some(({ file, text }) => !/catalogue/.test(file) && quoted.test(text));
}

const call = /\.(trace|debug|info|warn|error|fatal)\(\s*\{\s*event:\s*'([a-z_]+)'/g;

const owners = await Promise.all(
  [...shared, ...apps].map(async (name) => ({
    name,
    catalogue: await catalogueOf(name),
    sources: sourcesOf(name),
  })),
);
const common = owners.filter(({ name }) => shared.includes(name));

describe.each(owners)('$name', ({ catalogue, sources }) => {
  const known: LogEventCatalogue = Object.assign(
    {},
    ...common.map((each) => each.catalogue),
    catalogue,
  );

  test('declares every line that it writes, with its level', () => {
    const strangers = sources.flatMap(({ file, text }) =>
      [...text.matchAll(call)].flatMap(([, level, event = '']) =>
        known[event]?.level === level ? [] : [`${file}: ${level} ${event}`],
      ),
    );
    expect(strangers).toEqual([]);
  });

  test('writes every line that it declares', () => {
    expect(Object.keys(catalogue).filter((name) => !isNamedIn(sources, name))).toEqual([]);
  });
});

test.each(Object.entries(metricCatalogues))(
  '%s: every metric is made by somebody',
  (_, metrics) => {
    const sources = [...owners.flatMap((owner) => owner.sources), ...sourcesOf('packages/viewer')];
    expect(Object.keys(metrics).filter((name) => !isNamedIn(sources, name))).toEqual([]);
  },
);

test('finds the lines in the code', () => {
  const found = owners.flatMap(({ sources }) =>
    sources.flatMap(({ text }) => [...text.matchAll(call)]),
  );
  expect(found.length).toBeGreaterThan(50);
});
