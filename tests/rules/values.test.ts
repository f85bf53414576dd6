// Rules are made of templates and of what a copier changes in monitoring/config: whatever that is, the
// result must be rules.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ruleFiles } from '@watchkeeper/checks/mixin/rule-files';
import { findPromtool, repositoryRoot } from '@watchkeeper/stack';
import { runCommand } from '@watchkeeper/stack/run-command';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { isScalar, parseDocument, visit } from 'yaml';

/** The new value of a key of a file in a section, or undefined for one that stays. */
type Change = (key: string, value: string, section: string) => string | undefined;

const waits = ['for', 'keepFiringFor'];
// No amounts, windows that are recorded, and what a target of an objective must suit.
const fixed = [...waits, 'severity', 'long', 'short', 'now', 'share'];
const selector = 'namespace="shop", job=~"(a|b){1,}"';

const changes: readonly [name: string, change: Change][] = [
  [
    'every value',
    (key, value, section) =>
      section === 'selectors' || fixed.includes(key) ? undefined : `1${value}`,
  ],
  ['every wait', (key) => (waits.includes(key) ? '7m' : undefined)],
  ['every selector', (_, __, section) => (section === 'selectors' ? selector : undefined)],
];

afterAll(removeTemporaryFolders);

function changeFile(file: string, change: Change): void {
  const document = parseDocument(readFileSync(file, 'utf8'));
  for (const section of ['selectors', 'values', 'alerts', 'critical', 'warning']) {
    visit(document.get(section) as never, {
      Pair(_, { key, value }) {
        if (!isScalar(value)) return;
        const changed = change(String(key), String(value.value), section);
        if (changed !== undefined) value.value = Number(changed) || changed;
      },
    });
  }
  writeFileSync(file, document.toString());
}

test.each(changes)(
  'promtool accepts the rules with %s changed',
  async (_, change) => {
    const root = makeTemporaryFolder('values');
    cpSync(join(repositoryRoot, 'monitoring'), join(root, 'monitoring'), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
    const folder = join(root, 'monitoring/config');
    const shipped = new Map(ruleFiles(root).map(({ path, content }) => [path, content]));
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.yml'))) {
      changeFile(join(folder, name), change);
    }
    const changed = ruleFiles(root).filter(({ path }) => path.includes('/prometheus/'));
    // Those without alerts have nothing else to change than selectors; objectives have their own.
    const same = changed.filter(({ path, content }) => shipped.get(path) === content);
    expect(same.map(({ path }) => basename(path, '.rules.yml'))).toEqual(
      change('limit', '1', 'selectors') === undefined ? ['dashboards', 'renamed'] : ['slo'],
    );
    for (const { path, content } of changed) writeFileSync(join(root, path), content);
    const files = changed.map(({ path }) => join(root, path));
    const { code, stderr } = await runCommand(await findPromtool(), ['check', 'rules', ...files]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  },
  300_000,
);
