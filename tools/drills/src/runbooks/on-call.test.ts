import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { startServer, type TestServer } from '@watchkeeper/testing/server';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';

const run = promisify(execFile);
const root = repositoryRoot;
let home: string;
let management: TestServer;

// A state folder of the native mode with a service that repeats its requests.
beforeAll(async () => {
  home = makeTemporaryFolder('on-call');
  management = await startServer(async (request, response) => {
    const isOperator = request.headers.authorization === 'Bearer the-operator';
    response.statusCode = request.url === '/refused' || !isOperator ? 403 : 200;
    response.end(`${request.method} ${request.url} ${await text(request)}`);
  });
  const components = { api: { ports: { management: management.port } } };
  writeFileSync(
    join(home, 'state.json'),
    JSON.stringify({ supervisor: { pid: process.pid }, components }),
  );
  mkdirSync(join(home, 'secrets'));
  writeFileSync(join(home, 'secrets/operator-token'), 'the-operator');
  mkdirSync(join(home, 'logs/api'), { recursive: true });
  writeFileSync(join(home, 'logs/api/api.log'), '{"event":"first"}\n{"event":"last"}\n');
  writeFileSync(join(home, 'logs/loki.out.log'), 'level=warn\n');
});

afterAll(async () => {
  await management.close();
  removeTemporaryFolders();
});

function bash(command: string) {
  const env = { PATH: process.env.PATH, WATCHKEEPER_HOME: home };
  return run('bash', ['--norc', '-c', `. runbooks/on-call.sh\n${command}`], { cwd: root, env });
}

test.each([
  ['mode', 'native\n'],
  ['manage api GET /ready', 'GET /ready '],
  ['manage api DELETE /faults', 'DELETE /faults '],
  [`manage api PUT /rate '{"ratePerSecond": 1}'`, 'PUT /rate {"ratePerSecond": 1}'],
  ['logs api 1', '{"event":"last"}\n'],
  ['logs loki', 'level=warn\n'],
])('runs `%s` where the system runs natively', async (command, output) => {
  const { stdout } = await bash(command);
  expect(stdout).toBe(output);
});

test.each(['--no-deps', '../../etc', 'api/../loki', 'api x', ''])(
  'takes no component `%s` from a label',
  async (job) => {
    for (const command of ['logs "$job"', 'restart "$job"', 'manage "$job" GET /ready']) {
      const expected = expect.objectContaining({
        stderr: `Expected the name of a component, got \`${job}\`.\n`,
      });
      await expect(bash(`job='${job}'; ${command}`)).rejects.toEqual(expected);
    }
  },
);

test('prints the command that it really runs', async () => {
  const { stderr } = await bash('logs api 1');
  expect(stderr).toBe(`+ tail -n 1 ${home}/logs/api/api.log\n`);
});

test.each(['manage api GET /refused', 'manage shop GET /ready'])(
  'fails at `%s`',
  async (command) => {
    await expect(bash(command)).rejects.toThrow();
  },
);

test.each([
  ['WATCHKEEPER_HOME=HOME\n', ''],
  ['\uFEFFWATCHKEEPER_HOME="HOME"\r\nPROMETHEUS_PORT=9191\r\n', '9191'],
  ["# WATCHKEEPER_HOME=/no\nWATCHKEEPER_HOME='HOME'", ''],
])('takes the state folder and the ports of .env: %j', async (text, port) => {
  const checkout = makeTemporaryFolder('checkout [1] #');
  writeFileSync(
    join(checkout, '.env'),
    text.replaceAll('HOME=HOME', `HOME=${home}`).replaceAll(/(["'])HOME\1/g, `$1${home}$1`),
  );
  const script = `. ${join(root, 'runbooks/on-call.sh')}; mode; _setting PROMETHEUS_PORT ''`;
  const env = { PATH: process.env.PATH };
  const { stdout } = await run('bash', ['--norc', '-c', script], { cwd: checkout, env });
  expect(stdout).toBe(`native\n${port}\n`);
});

test('names a state that a power cut left empty', async () => {
  const empty = makeTemporaryFolder('empty');
  writeFileSync(join(empty, 'state.json'), '');
  const result = bash(
    `WATCHKEEPER_HOME=${empty}; . runbooks/on-call.sh; ON_CALL_MODE=native restart api`,
  );
  await expect(result).rejects.toThrow(`Expected ${empty}/state.json to hold the state`);
});

test('asks for ON_CALL_MODE if it finds no running system', async () => {
  const result = bash('WATCHKEEPER_HOME=/nowhere; . runbooks/on-call.sh; PATH=/nowhere; mode');
  await expect(result).rejects.toThrow(
    'Found no running system. Set ON_CALL_MODE to compose, native or kubernetes.',
  );
});
