import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import { beforeEach, expect, test } from '@jest/globals';
import { listenOnFreePort } from '@watchkeeper/testing/server';
import { eventually } from '@watchkeeper/testing/waiting';
import express from 'express';
import pg from 'pg';
import {
  httpMiddleware,
  instrumentCache,
  instrumentCircuitBreaker,
  instrumentObjectStore,
  instrumentPool,
  watchWebhooks,
} from '../index.ts';
import { createTestTelemetry, type TestTelemetry } from '../testing/test-telemetry.ts';

let service: TestTelemetry;

beforeEach(async () => {
  service = await createTestTelemetry();
});

const metrics = () => service.telemetry.renderMetrics();

test('counts once what is wrapped twice', async () => {
  const { telemetry } = service;
  const store = { put: async () => {}, get: async () => 'a' };
  const breaker = Object.assign(new EventEmitter(), { opened: true, halfOpen: false });
  const cache = new Map([['a', 1]]);
  for (let time = 0; time < 2; time += 1) {
    expect(instrumentObjectStore(store, telemetry, { bucket: 'a' })).toBe(store);
    expect(instrumentCircuitBreaker(breaker, telemetry, { name: 'cards' })).toBe(breaker);
    expect(instrumentCache(cache, telemetry, { name: 'menus' })).toBe(cache);
  }
  await store.get();
  breaker.emit('open');
  cache.get('a');
  expect(await metrics()).toContain('s3_download_duration_seconds_count{result="success"} 1\n');
  expect(await metrics()).toContain('cache_hits_total{cache="menus"} 1\n');
  expect(service.linesOf('circuit_breaker_opened')).toHaveLength(1);
});

test('counts a request once that passes the middleware twice', async () => {
  const middleware = () => httpMiddleware(service.telemetry);
  const app = express().use(middleware()).use('/', middleware());
  app.get('/hello', (_, response) => response.send('hello'));
  const server = createServer(app);
  const port = await listenOnFreePort(server);
  await fetch(`http://127.0.0.1:${port}/hello`);
  await eventually(() => expect(service.linesOf('http_request_completed')).toHaveLength(1));
  const labels = 'method="GET",route="/hello",status_code="200"';
  expect(await metrics()).toContain(`http_requests_total{${labels}} 1\n`);
  server.closeAllConnections();
  server.close();
});

test('refuses a second thing of the same name, which would hide the first', () => {
  const { telemetry } = service;
  instrumentPool(new pg.Pool(), telemetry);
  expect(() => instrumentPool(new pg.Pool(), telemetry)).toThrow(
    'Expected the name of each pool to be its own, got `database` twice. ' +
      'Meter one; add the second by `telemetry.health.addCheck` under its own name.',
  );
  instrumentCache(new Map(), telemetry, { name: 'menus' });
  expect(() => instrumentCache(new Map(), telemetry, { name: 'menus' })).toThrow(
    'Expected the name of each cache to be its own, got `menus` twice. Rename the second.',
  );
  const check = ['database', { isCritical: true }, async () => {}] as const;
  expect(() => telemetry.health.addCheck(...check)).toThrow(
    'Expected the name of each health check to be its own, got `database` twice. Rename the second.',
  );
  expect(() => telemetry.health.addPool('database', () => ({}) as never)).toThrow(
    'Expected the name of each pool to be its own, got `database` twice. Rename the second.',
  );
});

test('refuses a second watch of a backlog until the first has stopped', async () => {
  const { telemetry } = service;
  const watch = watchWebhooks(async () => 1, telemetry);
  expect(() => watchWebhooks(async () => 2, telemetry)).toThrow(
    'Expected the name of each backlog to be its own, got `webhooks` twice. Read both in one function.',
  );
  await watch.stop();
  await watchWebhooks(async () => 2, telemetry).stop();
});

test('lets two services in one process meter the same thing', async () => {
  const other = await createTestTelemetry();
  const cache = new Map([['a', 1]]);
  for (const { telemetry } of [service, other]) instrumentCache(cache, telemetry, { name: 'a' });
  cache.get('a');
  for (const { telemetry } of [service, other]) {
    expect(await telemetry.renderMetrics()).toContain('cache_hits_total{cache="a"} 1\n');
  }
});

test.each([
  [null, 'misses'],
  [undefined, 'misses'],
  [0, 'hits'],
])('counts a thenable of %p among the %s, and starts it once', async (value, kind) => {
  let starts = 0;
  const found = {
    // biome-ignore lint/suspicious/noThenProperty: the promise of a library that starts its query there.
    then: (resolve: (value: unknown) => unknown) => {
      starts += 1;
      return Promise.resolve(resolve(value));
    },
  };
  const cache = instrumentCache({ size: 0, get: () => found }, service.telemetry, { name: 'a' });
  expect(await (cache.get() as PromiseLike<unknown>)).toBe(value);
  expect(starts).toBe(1);
  expect(await metrics()).toContain(`cache_${kind}_total{cache="a"} 1\n`);
});

test('counts a thenable that can be called as well', async () => {
  const query = Object.assign(() => {}, {
    // biome-ignore lint/suspicious/noThenProperty: the query of a library that is a function.
    then: (resolve: (value: null) => void) => resolve(null),
  });
  const cache = instrumentCache({ size: 0, get: () => query }, service.telemetry, { name: 'a' });
  await cache.get();
  expect(await metrics()).toContain('cache_misses_total{cache="a"} 1\n');
});
