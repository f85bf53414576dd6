import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createTestTelemetry } from '../testing/test-telemetry.ts';
import { shutdownPhases } from './shutdown.ts';

test('runs the phases in their order, each after the one before has ended', async () => {
  const { telemetry } = await createTestTelemetry();
  const order: string[] = [];
  for (const phase of [...shutdownPhases].reverse()) {
    telemetry.shutdown.on(phase, phase, async () => {
      await sleep(5);
      order.push(phase);
    });
  }
  expect(await telemetry.shutdown.run('test')).toBe(true);
  expect(order).toEqual(shutdownPhases);
});

test('abandons a hanging step, names it, and still flushes the telemetry', async () => {
  const { telemetry, linesOf } = await createTestTelemetry({ SHUTDOWN_DEADLINE_MS: '400' });
  let isFlushed = false;
  telemetry.shutdown.on('drain', 'endless request', () => new Promise(() => {}));
  telemetry.shutdown.on('flush-telemetry', 'spans', () => {
    isFlushed = true;
  });
  expect(await telemetry.shutdown.run('test')).toBe(false);
  expect(isFlushed).toBe(true);
  expect(linesOf('shutdown_step_failed')).toEqual([
    expect.objectContaining({ phase: 'drain', step: 'endless request' }),
  ]);
});

test('logs late telemetry too, because the logs are closed last', async () => {
  const { telemetry, lines } = await createTestTelemetry({ SHUTDOWN_DEADLINE_MS: '300' });
  telemetry.shutdown.on('flush-telemetry', 'endless', () => new Promise(() => {}));
  expect(await telemetry.shutdown.run('test')).toBe(false);
  expect(lines.map(({ event }) => event)).toEqual([
    ...['server_stopping', 'shutdown_step_failed', 'server_stopped'],
  ]);
  expect(lines.at(-1)).toMatchObject({ phases: { 'flush-telemetry': expect.any(Number) } });
});

test('runs once however often it is called', async () => {
  const { telemetry, linesOf } = await createTestTelemetry();
  await Promise.all([telemetry.shutdown.run('SIGTERM'), telemetry.shutdown.run('SIGINT')]);
  expect(linesOf('server_stopped')).toEqual([expect.objectContaining({ reason: 'SIGTERM' })]);
});
