import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { foreignRequests, sendExactly } from '@watchkeeper/testing/foreign-page';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import type { Telemetry } from '../telemetry.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';
import { sendJson } from './server.ts';

const started: Telemetry[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ shutdown }) => shutdown.run('test')));
});

afterAll(removeTemporaryFolders);

async function start(environment: Record<string, string> = {}) {
  const { telemetry } = await createTestTelemetry(environment);
  started.push(telemetry);
  return { telemetry, base: `http://${await telemetry.startManagement()}` };
}

function tokenFile(content: string): string {
  const file = join(makeTemporaryFolder('token'), 'token');
  writeFileSync(file, content);
  return file;
}

test('serves the registry as OpenMetrics with the end mark', async () => {
  const { base } = await start();
  const response = await fetch(`${base}/metrics`);
  expect(response.headers.get('content-type')).toContain('application/openmetrics-text');
  const text = await response.text();
  expect(text).toContain('build_info{version="0.0.0",revision="unknown",node_version="v24');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(text.endsWith('# EOF\n')).toBe(true);
});

test('reports the event loop block that delayed a scrape', async () => {
  const { base } = await start();
  await (await fetch(`${base}/metrics`)).text();
  // Reading restarts the measurement; its first tick is only the baseline of the next.
  await sleep(100);
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  await new Promise<void>((resolve) => {
    // In a timer, like most work of a service: what measures the delay is a timer too.
    setTimeout(() => {
      socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      const end = performance.now() + 300;
      while (performance.now() < end);
      resolve();
    }, 1);
  });
  const [, seconds] = /^nodejs_eventloop_lag_max_seconds (.*)$/m.exec(await textOf(socket)) ?? [];
  expect(Number(seconds)).toBeGreaterThan(0.25);
});

test('answers readiness with the state and the time of each dependency', async () => {
  const { telemetry, base } = await start();
  telemetry.health.addCheck('database', { isCritical: true }, async () => {});
  telemetry.health.addCheck('cache', { isCritical: false }, () =>
    Promise.reject(new Error('cold')),
  );
  const response = await fetch(`${base}/ready`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    status: 'degraded',
    timestamp: expect.any(String),
    checks: {
      database: { status: 'up', duration_ms: expect.any(Number) },
      cache: { status: 'degraded', duration_ms: expect.any(Number), message: 'cold' },
    },
  });
});

test('turns readiness when a critical dependency fails, and stays alive', async () => {
  const { telemetry, base } = await start();
  telemetry.health.addCheck('database', { isCritical: true }, () =>
    Promise.reject(new Error('away')),
  );
  expect((await fetch(`${base}/ready`)).status).toBe(503);
  expect((await fetch(`${base}/health/db`)).status).toBe(503);
  expect((await fetch(`${base}/health`)).status).toBe(200);
});

test('counts a dependency that never answers as down', async () => {
  const { telemetry, base } = await start();
  telemetry.health.addCheck('database', { isCritical: true }, () => new Promise(() => {}));
  const body = (await (await fetch(`${base}/ready`)).json()) as { checks: unknown };
  expect(body.checks).toMatchObject({
    database: { status: 'down', message: 'No answer within 2000 ms.' },
  });
});

test('turns readiness as soon as a shutdown begins', async () => {
  const { telemetry, base } = await start();
  telemetry.health.stop();
  expect((await fetch(`${base}/ready`)).status).toBe(503);
});

test('requires a configured token, except for probes', async () => {
  const { base } = await start({ METRICS_TOKEN_FILE: tokenFile('s3cret\n') });
  const get = (path: string, authorization?: string) =>
    fetch(`${base}${path}`, authorization ? { headers: { authorization } } : {});
  expect((await get('/metrics')).status).toBe(401);
  expect((await get('/metrics', 'Bearer wrong')).status).toBe(401);
  expect((await get('/metrics', 'Bearer s3cret')).status).toBe(200);
  expect((await get('/health')).status).toBe(200);
  expect((await get('/ready')).status).toBe(200);
});

test.each([
  [{ METRICS_TOKEN: 's3cret' }, 401],
  [{ METRICS_TOKEN: 's3cret', METRICS_REQUIRE_AUTH: 'true' }, 401],
  [{ METRICS_TOKEN: 's3cret', METRICS_REQUIRE_AUTH: 'false' }, 200],
])('with %j answers requests without a token with %d', async (environment, status) => {
  const { base } = await start(environment as Record<string, string>);
  expect((await fetch(`${base}/metrics`)).status).toBe(status);
  const headers = { authorization: 'Bearer s3cret' };
  expect((await fetch(`${base}/metrics`, { headers })).status).toBe(200);
});

test('lets a scraper read, and an operator alone use routes of the service', async () => {
  const { telemetry } = await createTestTelemetry({
    METRICS_TOKEN_FILE: tokenFile('scraper'),
    OPERATOR_TOKEN_FILE: tokenFile('operator'),
  });
  started.push(telemetry);
  const address = await telemetry.startManagement({
    'PUT /faults': (_, response) => sendJson(response, 200, {}),
  });
  const send = async (method: string, path: string, token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`http://${address}${path}`, { method, headers })).status;
  };
  for (const token of ['', 'wrong', 'scraper']) {
    for (const method of ['PUT', 'DELETE', 'GET']) {
      expect([token, method, await send(method, '/faults', token)]).toEqual([token, method, 401]);
    }
  }
  expect(await send('PUT', '/faults?x=1', 'scraper')).toBe(401);
  expect(await send('PUT', '/faults', 'operator')).toBe(200);
  expect(await send('GET', '/metrics', 'operator')).toBe(200);
  expect(await send('GET', '/metrics', 'scraper')).toBe(200);
});

test('refuses a token file that is empty or missing', async () => {
  const empty = tokenFile('  \n');
  await expect(start({ METRICS_TOKEN_FILE: empty })).rejects.toThrow(
    `Expected \`METRICS_TOKEN_FILE\` to hold a token, got an empty file \`${empty}\`.`,
  );
  await expect(start({ METRICS_TOKEN_FILE: '/nowhere/token' })).rejects.toThrow(
    'Expected `METRICS_TOKEN_FILE` to name a readable file, got `/nowhere/token` (ENOENT).',
  );
});

test('answers no page that a browser shows, and no foreign host', async () => {
  const { base } = await start({ ALLOWED_HOSTS: 'metrics.example.org, other.example.org' });
  for (const [title, status, headers] of foreignRequests(base)) {
    const answer = await sendExactly(base, { method: 'PUT', path: '/faults', headers });
    expect([title, answer.status]).toEqual([title, status]);
  }
  const headers = [['host', 'metrics.example.org']] as const;
  expect((await sendExactly(base, { path: '/metrics', headers })).status).toBe(200);
});

test('names the taken port and its fix', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => {
    holder.listen(0, '127.0.0.1', resolve);
  });
  const { port } = holder.address() as { port: number };
  await expect(start({ METRICS_PORT: String(port) })).rejects.toThrow(
    `Could not listen on 127.0.0.1:${port} (EADDRINUSE). Set \`METRICS_PORT\` to a free port.`,
  );
  holder.close();
});

test('serves nothing where metrics are disabled', async () => {
  const { telemetry } = await createTestTelemetry({ METRICS_ENABLED: 'false' });
  expect(await telemetry.startManagement()).toBeUndefined();
});
