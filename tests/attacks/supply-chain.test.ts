import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { parse } from 'yaml';
import { type Component, makeImageSbom, makeSbom, nameOf, runPnpm } from './sbom.ts';

jest.setTimeout(180_000);

// Permissive ones, without a duty but to name the authors.
const allowed = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['Python-2.0', 'CC0-1.0', 'CC-BY-4.0', 'Unlicense', 'WTFPL', 'PostgreSQL'],
]);

/** Packages whose licence is none of these, each with the reason. */
const exceptions: Readonly<Record<string, string>> = {};

function licencesOf({ licenses = [] }: Component): string[] {
  return licenses.map(
    ({ license, expression }) => license?.id ?? license?.name ?? expression ?? '',
  );
}

/** Of alternatives one suffices, of a combination each must be allowed. */
function isAllowed(expression: string): boolean {
  // Alternatives within a combination: no package has them, so each must be allowed.
  if (/[()]/.test(expression.replace(/^\((.*)\)$/, '$1')))
    return expression.split(/ AND | OR |[()]/).every((id) => id === '' || allowed.has(id));
  const parts = (text: string, word: string) => text.replace(/[()]/g, '').split(` ${word} `);
  return parts(expression, 'OR').some((one) => parts(one, 'AND').every((id) => allowed.has(id)));
}

function refusedOf(components: readonly Component[]): string[] {
  return components
    .filter(({ name }) => !(name in exceptions))
    .map((component) => [nameOf(component), licencesOf(component)] as const)
    .filter(([, licences]) => licences.length === 0 || !licences.every(isAllowed))
    .map(([name, licences]) => `${name}: ${licences.join(', ') || 'none'}`);
}

/** Of a package of this repository, whose source is here and has no hash. */
function nameOfOwn(folder: string): string {
  const file = join(repositoryRoot, folder, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { name: string }).name;
}

describe('the bill of materials', () => {
  test('of the lock file names every package, with its hash', async () => {
    const { bomFormat, specVersion, components } = await makeSbom('lock-file', '--lockfile-only');
    expect([bomFormat, specVersion]).toEqual(['CycloneDX', '1.6']);
    const lock = parse(readFileSync(join(repositoryRoot, 'pnpm-lock.yaml'), 'utf8')) as {
      packages: Record<string, unknown>;
      importers: Record<string, unknown>;
    };
    const listed = new Set(components.map(nameOf));
    expect(Object.keys(lock.packages).filter((name) => !listed.has(name))).toEqual([]);
    const isHashed = ({ purl, externalReferences = [] }: Component) =>
      !purl.startsWith('pkg:npm/') ||
      externalReferences.some(({ hashes = [] }) => hashes.length > 0);
    const own = new Set(Object.keys(lock.importers).map(nameOfOwn));
    const bare = components.filter((component) => !isHashed(component)).map(nameOf);
    const withoutVersion = (name: string) => name.replace(/@[^@]*$/, '');
    expect(bare.filter((name) => !own.has(withoutVersion(name)))).toEqual([]);
  });

  test('of the image has permissive licences only', async () => {
    const { components } = await makeImageSbom();
    expect(components.length).toBeGreaterThan(100);
    expect(refusedOf(components)).toEqual([]);
  });

  test.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['GPL-3.0-only', false],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-3.0-only AND (MIT OR ISC)', false],
    ['', false],
  ])('the licence %j is allowed: %s', (licence, isFine) => {
    expect(isAllowed(licence)).toBe(isFine);
  });
});

// Known vulnerabilities, where the registry answers; mirrors often do not.
const audit = await runPnpm('audit', '--json', '--audit-level', 'high');
const answer = `${audit.stdout}${audit.stderr}`;
const [unanswered] =
  /ERR_PNPM_AUDIT\w*|E(?:NOTFOUND|CONN\w+|TIMEDOUT)|responded with \d+/.exec(answer) ?? [];

if (unanswered !== undefined) {
  test.skip(`no package has a known vulnerability (the registry has no audit: ${unanswered})`, () => {});
} else {
  test('no package has a known vulnerability that is high or critical', () => {
    expect([audit.code, audit.code === 0 ? '' : answer]).toEqual([0, '']);
  });
}
