import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { findGrafanaHome } from './grafana-home.ts';

let root: string;

beforeEach(() => {
  root = makeTemporaryFolder('grafana');
});

afterEach(removeTemporaryFolders);

function place(path: string, text = 'ELF'): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

const placeHome = (path: string) => dirname(dirname(place(`${path}/conf/defaults.ini`)));

test.each([
  ['the archive', 'opt/grafana-13/bin/grafana', 'opt/grafana-13'],
  ['Homebrew', 'homebrew/bin/grafana', 'homebrew/share/grafana'],
  ["Homebrew's cellar", 'Cellar/grafana/13.2.3/bin/grafana', 'Cellar/grafana/13.2.3/share/grafana'],
  ["Debian's package", 'usr/sbin/grafana', 'usr/share/grafana'],
])('finds the home of %s', (_, program, home) => {
  const expected = placeHome(home);
  expect(findGrafanaHome(place(program), {}, [])).toBe(expected);
});

test('follows a link', () => {
  const home = placeHome('opt/grafana');
  place('opt/grafana/bin/grafana');
  mkdirSync(join(root, 'bin'));
  symlinkSync('../opt/grafana/bin/grafana', join(root, 'bin/grafana'));
  expect(findGrafanaHome(join(root, 'bin/grafana'), {}, [])).toBe(home);
});

test.each([
  ['with a program', (home: string) => `exec ${home}/bin/grafana "$@"`],
  ['with a quoted program', (home: string) => `exec "${home}/bin/grafana" "$@"`],
  ['with a flag', (home: string) => `exec grafana --homepath=${home} "$@"`],
  [
    'with a variable',
    (home: string) => `GRAFANA_HOME='${home}'; cd "$GRAFANA_HOME"; ./grafana "$@"`,
  ],
])('reads a wrapper %s', (_, line) => {
  const home = placeHome('somewhere/else');
  const wrapper = place('local/bin/grafana', `#!/bin/sh\n${line(home)}\n`);
  expect(findGrafanaHome(wrapper, {}, [])).toBe(home);
});

test('follows a wrapper of a wrapper that runs a link below a folder with a space', () => {
  const home = placeHome('some where/grafana');
  const program = place('some where/grafana/bin/grafana');
  const link = join(root, 'link');
  symlinkSync(program, link);
  const inner = place('a b/grafana', `#!/bin/sh\nexec ${link} "$@"\n`);
  const outer = place('local/bin/grafana', `#!/bin/sh\nexec "${inner}" "$@"\n`);
  expect(findGrafanaHome(outer, {}, [])).toBe(home);
});

test('gives up where a wrapper runs itself, or a link leads nowhere', () => {
  const itself = place('local/bin/grafana', `#!/bin/sh\nexec ${join(root, 'local/bin/grafana')}\n`);
  expect(findGrafanaHome(itself, {}, [])).toBeUndefined();
  symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
  expect(findGrafanaHome(join(root, 'dangling'), {}, [])).toBeUndefined();
});

test('asks in the usual places last, and GF_PATHS_HOME first', () => {
  const program = place('local/bin/grafana', '#!/bin/sh\nexec /nowhere/grafana "$@"\n');
  expect(findGrafanaHome(program, {}, [])).toBeUndefined();
  const usual = placeHome('usual');
  expect(findGrafanaHome(program, {}, [join(root, 'none'), usual])).toBe(usual);
  const named = placeHome('named');
  expect(findGrafanaHome(program, { GF_PATHS_HOME: named }, [usual])).toBe(named);
});
