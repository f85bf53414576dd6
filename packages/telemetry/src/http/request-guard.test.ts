import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { foreignRequests, sendExactly } from '@watchkeeper/testing/foreign-page';
import { startServer, type TestServer } from '@watchkeeper/testing/server';
import express from 'express';
import { createTestTelemetry } from '../testing/test-telemetry.ts';
import { errorHandler } from './errors.ts';
import { ownPagesOnly, requestGuard } from './request-guard.ts';

let server: TestServer;
let open: TestServer;

beforeAll(async () => {
  const { telemetry } = await createTestTelemetry();
  const answer = express.Router().all('/', (_, response) => void response.send('done'));
  const costly = express.Router().get('/costly', ownPagesOnly(), (_, response) => {
    response.send('done');
  });
  const serve = (hosts: Parameters<typeof requestGuard>[0]) =>
    startServer(express().use(requestGuard(hosts), answer, costly, errorHandler(telemetry)));
  server = await serve(['watch.example.org']);
  open = await serve('any');
});

afterAll(() => Promise.all([server.close(), open.close()]));

test.each(foreignRequests('http://127.0.0.1:80').map(([title, status]) => [title, status]))(
  'answers %s with %d',
  async (title, status) => {
    const [, , headers = []] = foreignRequests(server.url).find(([known]) => known === title) ?? [];
    expect((await sendExactly(server.url, { method: 'POST', headers })).status).toBe(status);
  },
);

test.each([
  'localhost:8025',
  '127.0.0.1',
  '[::1]:8025',
  'oncall:8025',
  'host.docker.internal:9090',
  'Watch.Example.org',
])('accepts the host %s, and a form of its own page', async (host) => {
  const headers = [
    ['host', host],
    ['origin', `http://${host}`],
    ['sec-fetch-site', 'same-origin'],
  ];
  const request = { method: 'POST', headers: headers as [string, string][] };
  expect((await sendExactly(server.url, request)).status).toBe(200);
});

test('accepts a form of a page that hides its origin, by the browser’s word', async () => {
  const headers = [
    ['host', 'localhost'],
    ['origin', 'null'],
    ['sec-fetch-site', 'same-origin'],
  ] as const;
  expect((await sendExactly(server.url, { method: 'POST', headers })).status).toBe(200);
});

test('names the foreign host and the cure', async () => {
  const { text } = await sendExactly(server.url, { headers: [['host', 'a.example']] });
  expect(text).toContain(
    'Expected a host of this server, got `a.example`. Add it to `ALLOWED_HOSTS`, if it is a name of this server.',
  );
});

test.each([
  ['sec-fetch-site', 'cross-site'],
  // An older browser, which sends no more.
  ['origin', 'https://attacker.example'],
] as const)('lets a %s of another site open a page, but nothing that costs', async (...sent) => {
  const headers = [['host', 'localhost'], sent] as const;
  expect((await sendExactly(server.url, { headers })).status).toBe(200);
  expect((await sendExactly(server.url, { path: '/costly', headers })).status).toBe(403);
});

test('asks a server of the public for one host only', async () => {
  const foreign = [
    ['host', 'shop.example'],
    ['origin', 'https://attacker.example'],
  ] as const;
  expect((await sendExactly(open.url, { method: 'POST', headers: foreign })).status).toBe(200);
  const twice = [...foreign, foreign[0]];
  expect((await sendExactly(open.url, { method: 'POST', headers: twice })).status).toBe(400);
});
