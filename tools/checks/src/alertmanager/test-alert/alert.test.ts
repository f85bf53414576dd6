import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { repositoryRoot } from '@watchkeeper/stack';
import { startServer, type TestServer } from '@watchkeeper/testing/server';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { parseArguments } from './arguments.ts';
import { sendTestAlert } from './send-test.ts';

const script = join(repositoryRoot, 'scripts/alert.ts');

function runScript(...words: string[]) {
  const home = makeTemporaryFolder('alert');
  // An empty home and no docker on PATH: no system is running, whatever else this machine does.
  const env = { PATH: home, WATCHKEEPER_HOME: home };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], {
    encoding: 'utf8',
    env,
  });
  removeTemporaryFolders();
  return { status, stdout, stderr };
}

test.each([
  [[], 'Expected `test`, got ``.'],
  [['send'], 'Expected `test`, got `send`.'],
  [['test', 'twice'], 'Expected `test`, got `test twice`.'],
  [['test', '--severity', 'info'], 'Expected `--severity` to be critical or warning, got `info`.'],
  [['test', '--timeout', '0'], 'Expected `--timeout` to be seconds, from 1 to 600, got `0`.'],
  [['test', '--timeout', 'long'], 'Expected `--timeout` to be seconds, from 1 to 600, got `long`.'],
  [['test', '--loud'], 'Unknown flag `--loud`.'],
])('refuses %j with the usage', (words, problem) => {
  let message = '';
  try {
    parseArguments(words);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toBe(`${problem}\n${message.slice(problem.length + 1)}`);
  expect(message).toContain('Usage: npm run alert -- test');
});

test('exits with 2 and the usage at an unknown flag', () => {
  const { status, stderr } = runScript('test', '--loud');
  expect([status, stderr]).toEqual([2, expect.stringMatching(/--loud[\s\S]*Usage: npm run alert/)]);
});

test('exits with 1 and the fix when no system is running', () => {
  expect(runScript('test')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'No system is running. Start it: npm start\n',
  });
});

const servers: TestServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(respond: (method: string, path: string) => unknown): Promise<string> {
  const server = await startServer((request, response) => {
    const body = respond(request.method ?? '', request.url ?? '');
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  servers.push(server);
  return server.url;
}

const metric = (name: string, integration: string, value: number) =>
  `alertmanager_notifications${name}_total{integration="${integration}",receiver_name="x"} ${value}`;

/** An Alertmanager whose counters grow with each request. */
function fakeAlertmanager(grows: readonly string[], status = {}) {
  let reads = 0;
  return serve((method, path) => {
    if (path === '/metrics') {
      reads += 1;
      return grows.map((line) => line.replace('#', String(reads))).join('\n');
    }
    if (method === 'POST') return '';
    const names = ['inbox', 'chat', 'pager', 'mail', 'another'];
    return [{ receivers: names.map((name) => ({ name })), status }];
  });
}

async function runAgainst(alertmanager: string, inbox: string) {
  const lines: string[] = [];
  const options = { severity: 'critical', timeoutSeconds: 1 } as const;
  const code = await sendTestAlert({ alertmanager, inbox }, options, (line) => lines.push(line));
  return { code, lines: lines.slice(1, -1).map((line) => line.replace(/ +/g, ' ')) };
}

test('prints which notifications went to the real services, failed or are missing', async () => {
  const grows = [
    metric('', 'slack', 1).replace(/1$/, '#'),
    metric('_failed', 'email', 1).replace(/1$/, '#'),
  ];
  const inbox = await serve((_, path) =>
    path.includes('messages') ? { messages: [] } : { alerts: [] },
  );
  expect(await runAgainst(await fakeAlertmanager(grows), inbox)).toEqual({
    code: 1,
    lines: [
      'inbox MISSING: not sent within the time limit (--timeout)',
      'slack sent by Alertmanager to the real service, not to this inbox',
      'pager MISSING: not sent within the time limit (--timeout)',
      'mail FAILED: Alertmanager could not deliver to `mail`. See its log.',
    ],
  });
}, 20_000);

test('names the silence that mutes the alert', async () => {
  const status = { silencedBy: ['s-1'], inhibitedBy: [], mutedBy: [] };
  const inbox = await serve((_, path) =>
    path.includes('messages') ? { messages: [] } : { alerts: [] },
  );
  const { code, lines } = await runAgainst(await fakeAlertmanager([], status), inbox);
  expect(code).toBe(1);
  expect(lines[0]).toBe('inbox MUTED by a silence, an inhibition or quiet hours: s-1');
}, 20_000);

test.each(['alertmanager', 'inbox'])('reports that %s does not answer', async (which) => {
  const closed = 'http://127.0.0.1:9';
  const alertmanager = which === 'alertmanager' ? closed : await fakeAlertmanager([]);
  await expect(runAgainst(alertmanager, closed)).rejects.toThrow(
    /^Expected (Alertmanager|the inbox) to answer at http:\/\/127\.0\.0\.1:9/,
  );
});
