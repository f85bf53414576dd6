import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { diskSpaceFaults, portFaults, portVariables } from './examine.ts';
import { pathFaults, unreadableFiles, yamlFaults } from './examine-files.ts';

let root: string;

beforeEach(() => {
  root = makeTemporaryFolder('doctor');
  mkdirSync(join(root, 'monitoring/loki'), { recursive: true });
  mkdirSync(join(root, 'runbooks'));
  for (const folder of ['monitoring', 'monitoring/loki', 'runbooks']) {
    chmodSync(join(root, folder), 0o755);
  }
  writeFileSync(join(root, 'monitoring/loki/loki.yml'), 'server:\n  port: 1\n');
  chmodSync(join(root, 'monitoring/loki/loki.yml'), 0o644);
  writeFileSync(join(root, 'docker-compose.yml'), 'services: {}\n');
  writeFileSync(
    join(root, 'docker-compose.monitoring.yml'),
    `services:\n  a:\n    ports: ['127.0.0.1:\${A_PORT:-9090}:9090']\n`,
  );
});
afterEach(removeTemporaryFolders);

test('refuses a path that Docker cannot mount, and no other', () => {
  expect(pathFaults('/home/me/a: b')).toEqual([
    expect.stringContaining(
      'Expected the path of the checkout to have no colon, got `/home/me/a: b`',
    ),
  ]);
  expect(pathFaults(`/home/me/[a] #1 $b 'c' ü`)).toEqual([]);
});

test('finds nothing wrong with sound files', () => {
  expect(yamlFaults(root)).toEqual([]);
  expect(unreadableFiles(root)).toEqual([]);
});

test('names the file and the line of an error in YAML', () => {
  writeFileSync(join(root, 'monitoring/loki/loki.yml'), 'server:\n  port: [1\n');
  expect(yamlFaults(root)[0]).toMatch(/^monitoring\/loki\/loki\.yml:[23]: .+\. Correct it\.$/);
});

test('takes a file of several documents', () => {
  writeFileSync(join(root, 'monitoring/loki/loki.yml'), 'a: 1\n---\nb: 2\n');
  expect(yamlFaults(root)).toEqual([]);
});

test('names a file that containers can’t read, and the command that fixes it', () => {
  chmodSync(join(root, 'monitoring/loki/loki.yml'), 0o600);
  expect(unreadableFiles(root)).toEqual([
    'Expected `monitoring/loki/loki.yml` to be readable by every user, as containers run as ' +
      'their own. Run `chmod o+rX monitoring/loki/loki.yml`.',
  ]);
});

test('names the missing disk space', () => {
  expect(diskSpaceFaults(root, 0)).toEqual([]);
  expect(diskSpaceFaults(root, 2 ** 60)[0]).toMatch(
    /^Expected 1073741824\.0 GiB of free space at .*, got /,
  );
});

test('names the port that is taken, and the variable that moves it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const variables = portVariables(root);
  expect([...variables]).toEqual([['A_PORT', 9090]]);
  const environment = { A_PORT: String(port) };
  expect(await portFaults(variables, environment)).toEqual([
    `Expected port ${port} to be free, but another program listens on it. ` +
      'Set `A_PORT` in the environment or in .env to change it.',
  ]);
  expect(await portFaults(variables, environment, new Set([port]))).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
  expect(await portFaults(variables, { A_PORT: '70000' })).toEqual([
    'Expected `A_PORT` to be an integer from 1 to 65535, got `70000`.',
  ]);
});
