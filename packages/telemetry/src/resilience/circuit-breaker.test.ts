import { expect, test } from '@jest/globals';
import { eventually } from '@watchkeeper/testing/waiting';
import CircuitBreaker from 'opossum';
import { instrumentCircuitBreaker } from '../index.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

test('shows a circuit breaker as it opens, half opens and closes', async () => {
  const { telemetry, linesOf } = await createTestTelemetry();
  let isBroken = true;
  const call = async () => {
    if (isBroken) throw new Error('down');
  };
  const breaker = new CircuitBreaker(call, { errorThresholdPercentage: 1, resetTimeout: 1_000 });
  expect(instrumentCircuitBreaker(breaker, telemetry, { name: 'payments' })).toBe(breaker);
  const state = async () =>
    /circuit_breaker_state\{name="payments"\} (\d)/.exec(await telemetry.renderMetrics())?.[1];

  expect(await state()).toBe('0');
  await breaker.fire().catch(() => {});
  expect(await state()).toBe('2');
  await eventually(async () => expect(await state()).toBe('1'));
  isBroken = false;
  await breaker.fire();
  expect(await state()).toBe('0');
  expect(linesOf('circuit_breaker_opened')).toEqual([
    expect.objectContaining({ level: 'warn', name: 'payments' }),
  ]);
  expect(linesOf('circuit_breaker_closed')).toHaveLength(1);
  breaker.shutdown();
});
