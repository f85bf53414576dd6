import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { ensureTool, type ToolOptions } from './ensure-tools.ts';
import { findOnPath } from './path-search.ts';

// Each asks apt several times, which takes seconds on a busy machine.
jest.setTimeout(120_000);

let folder: string;
let options: ToolOptions & { cacheFolder: string };

function write(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
}

/** A program that names a version, as promtool does. */
function writeProgram(file: string, version: string): void {
  write(file, `#!/bin/sh\necho "promtool, version ${version} (branch: test)"\n`, 0o755);
}

/** An archive with one package, laid out as Debian's is. */
function makeArchive(repository: string, version: string): string {
  const architecture = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
  const tree = join(folder, 'tree');
  writeProgram(join(tree, 'usr/bin/promtool'), version);
  const control = `Package: promtool\nVersion: ${version}-1\nArchitecture: ${architecture}\nMaintainer: Test <test@example.org>\nDescription: test\n`;
  write(join(tree, 'DEBIAN/control'), control);
  chmodSync(join(tree, 'DEBIAN'), 0o755);
  const name = `promtool_${version}-1_${architecture}.deb`;
  mkdirSync(join(repository, 'pool'), { recursive: true });
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', tree, join(repository, 'pool', name)]);
  const deb = readFileSync(join(repository, 'pool', name));
  const sha256 = createHash('sha256').update(deb).digest('hex');
  const index = `${control}Filename: pool/${name}\nSize: ${deb.length}\nSHA256: ${sha256}\n`;
  write(join(repository, `dists/sid/main/binary-${architecture}/Packages`), index);
  const indexSha256 = createHash('sha256').update(index).digest('hex');
  const release = `Suite: sid\nComponents: main\nArchitectures: ${architecture}\nDate: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n ${indexSha256} ${Buffer.byteLength(index)} main/binary-${architecture}/Packages\n`;
  write(join(repository, 'dists/sid/Release'), release);
  return name;
}

beforeEach(() => {
  folder = makeTemporaryFolder('tools');
  const source = `deb [trusted=yes] file:${folder}/debian testsuite main\n`;
  write(join(folder, 'apt/sources.list'), source);
  write(join(folder, 'os-release'), 'VERSION_CODENAME=testsuite\n');
  options = {
    path: join(folder, 'bin'),
    cacheFolder: join(folder, 'cache'),
    aptFolder: join(folder, 'apt'),
    osReleaseFile: join(folder, 'os-release'),
  };
});

afterEach(removeTemporaryFolders);

describe('ensureTool', () => {
  test('takes a tool on PATH if its version suffices', async () => {
    writeProgram(join(folder, 'bin/promtool'), '3.1.0');
    expect(await ensureTool('promtool', options)).toEqual({
      path: join(folder, 'bin/promtool'),
      version: '3.1.0',
    });
  });

  test('names the tools to install where there is no mirror of Debian', async () => {
    write(join(folder, 'apt/sources.list'), '');
    await expect(ensureTool('promtool', options)).rejects.toThrow(
      'only Debian machines can fetch the monitoring tools.\n' +
        'Install instead, so that it is on PATH: `promtool` 3.0 or newer.',
    );
  });
});

// The rest needs the programs of a Debian machine.
const isDebian = findOnPath(['apt-get']) !== undefined && findOnPath(['dpkg-deb']) !== undefined;
const describeOnDebian = isDebian ? describe : describe.skip;

describeOnDebian(`ensureTool with an archive${isDebian ? '' : ' (not a Debian machine)'}`, () => {
  test.each(['a [work] #1 b: c', `it's $HOME % & ;`, 'ünïcödé ☃', 'a \\ b'])(
    'fetches a tool into a cache below `%s`',
    async (name) => {
      makeArchive(join(folder, 'debian'), '3.5.3');
      const cacheFolder = join(folder, name);
      const cached = join(cacheFolder, 'tools/promtool/usr/bin/promtool');
      expect(await ensureTool('promtool', { ...options, cacheFolder })).toEqual({
        path: cached,
        version: '3.5.3',
      });
    },
  );

  test('refuses a cache whose path apt cannot be told', async () => {
    const cacheFolder = join(folder, 'a "cache"');
    await expect(ensureTool('promtool', { ...options, cacheFolder })).rejects.toThrow(
      `Expected the path of the cache to have no double quote, got \`${cacheFolder}\`. Set`,
    );
  });

  test('fetches a tool that is too old on PATH, and finds it in the cache afterwards', async () => {
    writeProgram(join(folder, 'bin/promtool'), '2.53.3');
    makeArchive(join(folder, 'debian'), '3.5.3');
    const cached = join(options.cacheFolder, 'tools/promtool/usr/bin/promtool');
    expect(await ensureTool('promtool', options)).toEqual({ path: cached, version: '3.5.3' });
    rmSync(join(folder, 'debian'), { recursive: true });
    expect(await ensureTool('promtool', options)).toEqual({ path: cached, version: '3.5.3' });
  });

  test('fetches once for two concurrent calls, and leaves no temporary files', async () => {
    makeArchive(join(folder, 'debian'), '3.5.3');
    const fetched: string[] = [];
    const reporting = { ...options, onProgress: (message: string) => fetched.push(message) };
    await Promise.all([ensureTool('promtool', reporting), ensureTool('promtool', reporting)]);
    expect(fetched).toEqual(["fetching promtool from Debian's archive"]);
    expect(readdirSync(join(options.cacheFolder, 'tools'))).toEqual(['promtool']);
    expect(existsSync(join(options.cacheFolder, 'lock'))).toBe(false);
  });

  test.each([
    ['cut short', (file: string) => truncateSync(file, 100)],
    ['altered', (file: string) => writeFileSync(file, 'x'.repeat(readFileSync(file).length))],
  ])('refuses a file in the cache that is %s, and names it', async (_, spoil) => {
    const name = makeArchive(join(folder, 'debian'), '3.5.3');
    await ensureTool('promtool', options);
    rmSync(join(options.cacheFolder, 'tools'), { recursive: true });
    const file = join(options.cacheFolder, 'archives', name);
    spoil(file);
    await expect(ensureTool('promtool', options)).rejects.toThrow(
      new RegExp(`^Expected \`${file}\` to have the SHA-256 .* truncated or altered`),
    );
    expect(existsSync(join(options.cacheFolder, 'tools'))).toBe(false);
  });

  test('refuses a file that the mirror has altered', async () => {
    const name = makeArchive(join(folder, 'debian'), '3.5.3');
    const file = join(folder, 'debian/pool', name);
    writeFileSync(file, 'x'.repeat(readFileSync(file).length));
    await expect(ensureTool('promtool', options)).rejects.toThrow(
      /^Could not fetch promtool from Debian's archive: /,
    );
  });

  test('names the missing packages and the tools to install without a network', async () => {
    await expect(ensureTool('promtool', options)).rejects.toThrow(
      /^Could not fetch promtool from Debian's archive: .*\nInstall instead, so that it is on PATH: `promtool` 3\.0 or newer\.$/s,
    );
  });

  test('quotes the output of a fetched program that does not run', async () => {
    makeArchive(join(folder, 'debian'), '2.0.0');
    await expect(ensureTool('promtool', options)).rejects.toThrow(
      /promtool --version` to name `promtool` 3\.0 or newer, got `2\.0\.0`\.\nInstall instead/,
    );
  });
});
