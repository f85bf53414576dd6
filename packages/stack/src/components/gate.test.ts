import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { foreignRequests, sendExactly } from '@watchkeeper/testing/foreign-page';
import { startServer, type TestServer } from '@watchkeeper/testing/server';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { assignPorts } from '../ports.ts';
import { runCommand } from '../run-command.ts';
import { repositoryRoot } from '../state-folder.ts';
import { behindGate } from './gate.ts';
import { allComponents } from './index.ts';

// Repeats a request, and lets every page read it, as Alertmanager does.
let upstream: TestServer;
let gate: ChildProcess;
const urls = { prometheus: '', loki: '', absent: '' };

const gateFile = join(repositoryRoot, 'monitoring/gate/gate.mjs');

beforeAll(async () => {
  upstream = await startServer(async ({ method, url, headers, ...request }, response) => {
    const body = await text(request as unknown as AsyncIterable<Buffer>).catch(() => '');
    response.setHeader('access-control-allow-origin', '*');
    response.statusCode = url === '/missing' ? 404 : 200;
    response.end(JSON.stringify({ method, url, headers, body }));
  });
  const wanted = ['prometheus', 'loki', 'absent'].map((name) => ({ component: 'gate', name }));
  const [prometheus, loki, absent] = await assignPorts(wanted);
  for (const [name, port] of Object.entries({ prometheus, loki, absent })) {
    urls[name as keyof typeof urls] = `http://127.0.0.1:${port}`;
  }
  const password = join(makeTemporaryFolder('gate'), 'password');
  writeFileSync(password, 's3cret\n');
  gate = spawn(process.execPath, [gateFile], {
    stdio: 'inherit',
    env: {
      ALLOWED_HOSTS: 'watch.example.org',
      GATE_PASSWORD_FILE: password,
      GATE_PROMETHEUS_PORT: String(prometheus),
      GATE_PROMETHEUS_URL: upstream.url,
      GATE_LOKI_PORT: String(loki),
      GATE_LOKI_URL: upstream.url,
      GATE_JAEGER_PORT: String(absent),
      GATE_JAEGER_URL: 'http://127.0.0.1:9',
    },
  });
  await waitUntil('the gate', () =>
    fetch(urls.loki).then(
      () => true,
      () => false,
    ),
  );
});

afterAll(async () => {
  gate.kill();
  await upstream.close();
  removeTemporaryFolders();
});

test('refuses what pages of other sites send, to read as well as to act', async () => {
  for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
    for (const [title, status, headers] of foreignRequests(urls.prometheus)) {
      const answer = await sendExactly(urls.prometheus, { method, headers });
      expect([method, title, answer.status]).toEqual([method, title, status]);
      expect(answer.text).not.toContain('access-control');
    }
  }
});

test('forwards requests with its password, and lets no page read the answers', async () => {
  const response = await fetch(`${urls.prometheus}/api/v1/query?query=up%2B1`, {
    method: 'POST',
    headers: { authorization: 'Bearer own', 'x-scope': 'a' },
    body: 'x'.repeat(100_000),
  });
  const sent = (await response.json()) as Record<string, unknown>;
  expect(sent).toMatchObject({ method: 'POST', url: '/api/v1/query?query=up%2B1' });
  expect(sent.headers).toMatchObject({
    authorization: `Basic ${btoa('gate:s3cret')}`,
    host: new URL(upstream.url).host,
    'x-scope': 'a',
  });
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  expect(response.headers.get('x-frame-options')).toBe('DENY');
  expect((await fetch(`${urls.prometheus}/missing`)).status).toBe(404);
});

test('forwards what its own page sends under a hidden origin', async () => {
  const headers = [
    ['host', new URL(urls.prometheus).host],
    ['origin', 'null'],
    ['sec-fetch-site', 'same-origin'],
  ] as const;
  expect((await sendExactly(urls.prometheus, { method: 'POST', headers })).status).toBe(200);
});

test('answers under a name that it was told', async () => {
  const headers = [['host', 'watch.example.org']] as const;
  expect((await sendExactly(urls.prometheus, { headers })).status).toBe(200);
});

test.each([
  '/ingester/shutdown',
  '/flush',
  '//flush',
  '/loki/api/v1/delete',
  '/loki/api/v1/../../../flush',
  '/loki/api/v1/%2e%2e/%2E%2E/..%2fflush',
  '/loki/api/v1/%64elete?query=x',
  '/loki/api/v1/Delete',
  '/loki/api/v1/%63ache/generation_numbers',
  '/loki/api/v1/rules/ours',
  '/prometheus/api/v1/rules',
  '/services',
])('publishes no %s of Loki', async (path) => {
  const headers = [['host', 'localhost']] as const;
  expect((await sendExactly(urls.loki, { method: 'POST', path, headers })).status).toBe(403);
});

test.each([
  ['GET', '/loki/api/v1/query_range?query={a="b"}'],
  ['POST', '/loki/api/v1/query'],
  ['GET', '/loki/api/v1/label/service/values?start=1'],
  ['GET', '/loki/api/v1/index/stats'],
  ['GET', '/loki/api/v1/status/buildinfo'],
  ['GET', '/loki/api/v1/rules'],
  ['GET', '/prometheus/api/v1/rules'],
  ['POST', '/loki/api/v1/push'],
  ['GET', '/metrics'],
  ['HEAD', '/ready'],
])('publishes %s %s of Loki', async (method, path) => {
  expect((await fetch(urls.loki + path, { method })).status).toBe(200);
});

test.each(['PUT', 'DELETE', 'PATCH'])('publishes no %s of Loki', async (method) => {
  expect((await fetch(`${urls.loki}/loki/api/v1/rules`, { method })).status).toBe(403);
});

test('says that a program behind it does not answer', async () => {
  const response = await fetch(urls.absent);
  expect([response.status, await response.text()]).toEqual([
    502,
    'jaeger does not answer (ECONNREFUSED).\n',
  ]);
});

test.each(['GATE_PASSWORD_FILE', 'GATE_PEOPLE_FILE'])(
  'does not start with an empty file in %s',
  async (variable) => {
    const file = join(makeTemporaryFolder('gate'), 'empty');
    writeFileSync(file, ' \n');
    const env = { [variable]: file, GATE_LOKI_PORT: '1', GATE_LOKI_URL: upstream.url };
    const { code, stderr } = await runCommand(process.execPath, [gateFile], { env });
    expect(code).toBe(1);
    expect(stderr).toContain(`Expected the file of \`${variable}\`, \`${file}\`, to hold a secret`);
  },
);

test('programs behind it have free ports; without it they have their own', () => {
  const named = (names: string[]) =>
    behindGate(allComponents.filter(({ name }) => names.includes(name)));
  const [gateOf, prometheus] = named(['gate', 'prometheus']);
  expect(gateOf?.ports).toEqual({
    prometheus: { composePort: 9090, fixedPort: 9090, variable: 'PROMETHEUS_PORT' },
  });
  expect(prometheus?.ports).toEqual({ http: { composePort: 9090 } });
  expect(named(['prometheus'])[0]?.ports.http?.fixedPort).toBe(9090);
});
