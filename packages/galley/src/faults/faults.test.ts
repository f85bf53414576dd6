import { readdirSync, readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { z } from 'zod';
import { defineFault, expiresInSeconds } from './fault.ts';
import { createFaults } from './faults.ts';
import { httpFaults } from './http-faults.ts';
import { exposeCollector, processFaults } from './process-faults.ts';
import { faultRoutes } from './routes.ts';

afterEach(() => {
  jest.useRealTimers();
});

test('expires by itself', () => {
  let now = 0;
  const faults = createFaults(httpFaults, { isEnabled: true, now: () => now });
  faults.set('errors', { share: 0.5, expiresInSeconds: 60 });
  now = 59_999;
  expect(faults.get('errors')).toEqual({ share: 0.5, expiresInSeconds: 60 });
  expect(faults.list()).toMatchObject({ errors: { expiresAt: '1970-01-01T00:01:00.000Z' } });
  now = 60_000;
  expect(faults.get('errors')).toBeUndefined();
  expect(faults.list()).toEqual({});
});

test('stops a fault that is cleared, replaced or expired', () => {
  jest.useFakeTimers();
  const started: string[] = [];
  const stopped: string[] = [];
  const schema = z.strictObject({ name: z.string(), expiresInSeconds });
  const noise = defineFault(schema, ({ name }) => {
    started.push(name);
    return () => stopped.push(name);
  });
  const faults = createFaults({ noise }, { isEnabled: true });
  faults.set('noise', { name: 'first', expiresInSeconds: 60 });
  faults.set('noise', { name: 'second', expiresInSeconds: 60 });
  expect(stopped).toEqual(['first']);
  faults.clear();
  expect(stopped).toEqual(['first', 'second']);
  faults.set('noise', { name: 'third', expiresInSeconds: 60 });
  jest.advanceTimersByTime(60_000);
  expect(started).toEqual(['first', 'second', 'third']);
  expect(stopped).toEqual(started);
});

test('refuses every request while faults are disabled', async () => {
  const { telemetry } = await createTestTelemetry();
  const faults = createFaults(httpFaults, { isEnabled: false });
  const address = await telemetry.startManagement(faultRoutes(faults, telemetry));
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const response = await fetch(`http://${address}/faults`, { method });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      message: 'Faults are off. Start the service with `FAULTS_ENABLED=true` to allow them.',
    });
  }
  await telemetry.shutdown.run('test');
});

test('counts injected faults by who injected them', async () => {
  const { telemetry } = await createTestTelemetry();
  const faults = createFaults(httpFaults, { isEnabled: true });
  const address = await telemetry.startManagement(faultRoutes(faults, telemetry));
  const put = async (body: object) => {
    const options = { method: 'PUT', body: JSON.stringify(body) };
    const response = await fetch(`http://${address}/faults`, options);
    return [response.status, await response.json()];
  };
  const series = async () =>
    (await telemetry.renderMetrics()).match(/^galley_injected_faults\{.+$/gm);
  const count = (drill: number, hand: number) => [
    `galley_injected_faults{origin="drill"} ${drill}`,
    `galley_injected_faults{origin="hand"} ${hand}`,
  ];
  expect(await series()).toEqual(count(0, 0));
  await put({ errors: { share: 0.5 } });
  expect(await series()).toEqual(count(0, 1));
  await put({ origin: 'drill', errors: {}, latency: { milliseconds: 5 } });
  expect(await series()).toEqual(count(2, 0));
  expect(await put({ origin: 'me', errors: {} })).toMatchObject([
    400,
    { message: 'Expected `origin` to be `drill` or `hand`.' },
  ]);
  faults.clear();
  expect(await series()).toEqual(count(0, 0));
  await telemetry.shutdown.run('test');
});

function collectGarbage(): void {
  const collect = exposeCollector();
  // The second frees what the first has marked.
  for (let i = 0; i < 2; i += 1) collect();
}

test('blocks the event loop, and holds memory until it is cleared', async () => {
  const { telemetry } = await createTestTelemetry();
  const faults = createFaults(processFaults(telemetry.logger), { isEnabled: true });
  const startedAt = performance.now();
  faults.set('blockedEventLoop', { blockMs: 120, everyMs: 60_000, expiresInSeconds: 60 });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(120);
  // Otherwise garbage of other tests could be freed during the measurement.
  collectGarbage();
  const before = process.memoryUsage().external;
  faults.set('memoryGrowth', { megabytes: 50, expiresInSeconds: 60 });
  expect(process.memoryUsage().external - before).toBeGreaterThan(49 * 1_048_576);
  faults.clear();
  await telemetry.shutdown.run('test');
});

test('spends a share of the time on garbage collection, until it is cleared', async () => {
  const { telemetry } = await createTestTelemetry();
  const faults = createFaults(processFaults(telemetry.logger), { isEnabled: true });
  let milliseconds = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) milliseconds += duration;
  });
  observer.observe({ entryTypes: ['gc'] });
  const shareOf = async (durationMs: number) => {
    milliseconds = 0;
    const startedAt = performance.now();
    await sleep(durationMs);
    return milliseconds / (performance.now() - startedAt);
  };
  faults.set('garbage', { share: 0.5, expiresInSeconds: 60 });
  expect(await shareOf(1_000)).toBeGreaterThan(0.3);
  faults.clear();
  await sleep(100);
  expect(await shareOf(1_000)).toBeLessThan(0.3);
  observer.disconnect();
  await telemetry.shutdown.run('test');
});

test('holds a share of the files that may be open, until it is cleared', async () => {
  const { telemetry } = await createTestTelemetry();
  const faults = createFaults(processFaults(telemetry.logger), { isEnabled: true });
  const open = () => readdirSync('/proc/self/fd').length;
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  const before = open();
  faults.set('openFiles', { share: 0.05, expiresInSeconds: 60 });
  expect(open()).toBeGreaterThanOrEqual(Math.min(0.05 * limit, 60_000));
  faults.clear();
  expect(open()).toBeLessThanOrEqual(before + 5);
  await telemetry.shutdown.run('test');
});
