import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { readEnvironment, readSettings } from './settings.ts';
import { repositoryRoot, stateRootOf } from './state-folder.ts';
import { cacheFolderOf } from './tools/ensure-tools.ts';
import { makeWritable } from './writable-folder.ts';

const ensureToolsFile = join(import.meta.dirname, 'tools/ensure-tools.ts');

const variables = ['PROMETHEUS_PORT', 'GRAFANA_PORT'];

describe('readSettings', () => {
  test('needs nothing of the environment', () => {
    expect(readSettings({}, variables)).toEqual({ environment: {}, ports: {} });
  });

  test.each([
    [
      { PROMETHEUS_PORT: '0' },
      'Expected `PROMETHEUS_PORT` to be an integer from 1 to 65535, got `0`. ' +
        'Correct it, or remove it to use the default.',
    ],
    [
      { PROMETHEUS_PORT: '9090', GRAFANA_PORT: '9090' },
      'Expected `GRAFANA_PORT` to differ from `PROMETHEUS_PORT`, got `9090` for both. Change one of them.',
    ],
    [
      { LOG_LEVEL: 'loud' },
      'Expected `LOG_LEVEL` to be one of trace, debug, info, warn, error, fatal, got `loud`.',
    ],
    [{ FAULTS_ENABLED: 'on' }, 'Expected `FAULTS_ENABLED` to be one of true, false, got `on`.'],
    [
      { TRAFFIC_RATE: '-1' },
      'Expected `TRAFFIC_RATE` to be visits a second, from 0 to 1000, got `-1`.',
    ],
    [
      { TRAFFIC_RATE: '1001' },
      'Expected `TRAFFIC_RATE` to be visits a second, from 0 to 1000, got `1001`.',
    ],
  ])('refuses %j', (environment, message) => {
    expect(() => readSettings(environment, variables)).toThrow(
      expect.objectContaining({ message, exitCode: 2 }),
    );
  });

  test('lists every fault in one error', () => {
    const environment = { PROMETHEUS_PORT: 'x', LOG_LEVEL: 'y', TRAFFIC_RATE: 'z' };
    expect(() => readSettings(environment, variables)).toThrow(
      /PROMETHEUS_PORT.*\n.*LOG_LEVEL.*\n.*TRAFFIC_RATE/,
    );
  });
});

test('readEnvironment takes .env, and the environment before it', () => {
  const folder = makeTemporaryFolder('env');
  const file = join(folder, '.env');
  writeFileSync(file, '# Ports.\nPROMETHEUS_PORT=9191\nGRAFANA_PORT=3002\n');
  expect(readEnvironment({ GRAFANA_PORT: '3003' }, file)).toEqual({
    PROMETHEUS_PORT: '9191',
    GRAFANA_PORT: '3003',
  });
  removeTemporaryFolders();
});

describe('.env', () => {
  afterEach(removeTemporaryFolders);

  const write = (content: string | Buffer) => {
    const file = join(makeTemporaryFolder('env'), '.env');
    writeFileSync(file, content);
    return file;
  };
  const example = readFileSync(join(repositoryRoot, '.env.example'), 'utf8');
  const listed = [...example.matchAll(/^# ([A-Z_]+)=(.*)$/gm)];

  test.each([
    ['as it is', (text: string) => text],
    ['with a mark of its byte order', (text: string) => `\uFEFF${text}`],
    ['with line ends of Windows', (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
    ['without an end of its last line', (text: string) => text.trimEnd()],
  ])('gives every variable of .env.example, %s', (_, change) => {
    const text = listed.map(([, name, value]) => `${name}=${value}\n`).join('');
    const environment = readEnvironment({}, write(change(text)));
    expect(listed.length).toBeGreaterThan(20);
    expect(environment).toEqual(Object.fromEntries(listed.map(([, name, value]) => [name, value])));
  });

  test('names the cache and the state folder', () => {
    const file = write('\uFEFFWATCHKEEPER_CACHE=~/cache\r\nWATCHKEEPER_HOME=here\r\n');
    const environment = readEnvironment({ HOME: '/home/me' }, file);
    expect(cacheFolderOf(environment)).toBe('/home/me/cache');
    expect(stateRootOf(environment)).toBe(join(repositoryRoot, 'here'));
  });

  test.each([
    [Buffer.from('PROMETHEUS_PORT=1\n', 'utf16le'), 'to be text in UTF-8, got another encoding'],
    [Buffer.from([0x41, 0x3d, 0xff, 0x0a]), 'to be text in UTF-8, got another encoding'],
  ])('is refused in another encoding: %s', (content, message) => {
    const file = write(content);
    expect(() => readEnvironment({}, file)).toThrow(`Expected \`${file}\` ${message}`);
  });

  test('is refused where it is a folder', () => {
    const folder = makeTemporaryFolder('env');
    expect(() => readEnvironment({}, folder)).toThrow(
      `Expected \`${folder}\` to be a file that can be read, got EISDIR.`,
    );
  });
});

describe('without a usable home', () => {
  test('the cache is what was set, whatever HOME is', () => {
    expect(cacheFolderOf({ WATCHKEEPER_CACHE: '/cache' })).toBe('/cache');
    expect(cacheFolderOf({ XDG_CACHE_HOME: '/xdg' })).toBe('/xdg/watchkeeper');
  });

  test('a user without HOME and without an entry in /etc/passwd is told what to set', () => {
    const script = `
      const { cacheFolderOf } = await import(${JSON.stringify(pathToFileURL(ensureToolsFile).href)});
      try { cacheFolderOf({}); } catch (error) { console.log(error.name, error.message); }`;
    // Only root may become another user; for everybody else this is what root sees.
    const user = process.getuid?.() === 0 ? { uid: 54_321, gid: 54_321 } : {};
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      ...user,
      cwd: '/',
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
    });
    if ('uid' in user) {
      expect(`${stdout}${stderr}`).toMatch(
        /^StackError Expected `HOME` to name your home folder, got nothing.*WATCHKEEPER_CACHE/,
      );
    }
  });

  test('a folder that cannot be made is named with the variable that moves it', () => {
    expect(() => makeWritable('/dev/null/watchkeeper', 'WATCHKEEPER_CACHE')).toThrow(
      /^Expected `\/dev\/null\/watchkeeper` to be a folder that can be written to, got E\w+\. Set `WATCHKEEPER_CACHE`/,
    );
  });
});
