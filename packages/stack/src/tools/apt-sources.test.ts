import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { findDebianSource, readAptSources } from './apt-sources.ts';

let folder: string;

beforeEach(() => {
  folder = makeTemporaryFolder('apt');
  mkdirSync(join(folder, 'sources.list.d'));
});

afterEach(removeTemporaryFolders);

function find(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return findDebianSource(readAptSources(folder), 'bookworm');
}

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

describe('findDebianSource', () => {
  test('reads the deb822 format', () => {
    const text = `# Written by the installer.
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: ${keyring}

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: ${keyring}
`;
    expect(find({ 'sources.list.d/debian.sources': text })).toEqual({
      uri: 'http://mirror.example/debian',
      suites: ['bookworm', 'bookworm-updates'],
      components: ['main'],
      signedBy: keyring,
    });
  });

  test('reads the one-line format', () => {
    const text = `# deb http://old.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian-security bookworm-security main
deb [arch=amd64 signed-by=${keyring}] http://mirror.example/debian/ bookworm main contrib # ours
`;
    expect(find({ 'sources.list': text })).toEqual({
      uri: 'http://mirror.example/debian/',
      suites: ['bookworm'],
      components: ['main', 'contrib'],
      signedBy: keyring,
    });
  });

  test('prefers Debian to third parties that use the names of its releases', () => {
    const source = find({
      'sources.list.d/a.list': 'deb https://tools.example bookworm main\n',
      'sources.list.d/b.list': 'deb https://containers.example/linux/debian bookworm stable\n',
      'sources.list.d/c.list': 'deb https://mirror.example/debian bookworm main\n',
      'sources.list.d/d.list': 'deb https://sql.example/debian bookworm-sql main\n',
    });
    expect(source?.uri).toBe('https://mirror.example/debian');
  });

  test('keeps a key inside the entry itself', () => {
    const key =
      ' -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----';
    const text = `Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents: main\nSigned-By:\n${key}\n`;
    expect(find({ 'sources.list.d/debian.sources': text })?.signedBy).toBe(`\n${key}`);
  });

  test.each([
    [
      'a disabled entry',
      'Enabled: no\nTypes: deb\nURIs: http://m.example/debian\nSuites: bookworm\nComponents: main\n',
    ],
    [
      'sources only',
      'Types: deb-src\nURIs: http://m.example/debian\nSuites: bookworm\nComponents: main\n',
    ],
    [
      'another distribution',
      'Types: deb\nURIs: http://m.example/ubuntu\nSuites: noble\nComponents: main\n',
    ],
  ])('takes nothing from %s', (_, text) => {
    expect(find({ 'sources.list.d/debian.sources': text })).toBeUndefined();
  });
});
