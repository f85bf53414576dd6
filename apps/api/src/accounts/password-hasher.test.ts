import { expect, jest, test } from '@jest/globals';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { createPasswordHasher } from './password-hasher.ts';
import { createSemaphore } from './semaphore.ts';

const cheap = { memoryKib: 19_456, iterations: 2, parallelism: 1, concurrency: 2 };
const maxWaitMs = 60_000;
const { telemetry } = await createTestTelemetry();

test('hashes with the configured costs and a new salt', async () => {
  const costs = { memoryKib: 65_536, iterations: 3, parallelism: 2, concurrency: 1 };
  const hasher = createPasswordHasher(costs, telemetry);
  const [first, second] = [await hasher.hash('a password'), await hasher.hash('a password')];
  expect(first).not.toBe(second);
  const [, , , parameters, salt, key] = first.split('$');
  expect(parameters?.split(',').sort()).toEqual(['m=65536', 'p=2', 't=3']);
  expect(Buffer.from(salt ?? '', 'base64')).toHaveLength(16);
  expect(Buffer.from(key ?? '', 'base64')).toHaveLength(32);
});

test('accepts the right password in any Unicode composition', async () => {
  const hasher = createPasswordHasher(cheap, telemetry);
  const stored = await hasher.hash('caf\u00e9 on the corner');
  expect(await hasher.verify(stored, 'cafe\u0301 on the corner')).toEqual({ isMatch: true });
  expect(await hasher.verify(stored, 'cafe on the corner')).toEqual({ isMatch: false });
  expect(await hasher.verify(undefined, 'cafe on the corner')).toEqual({ isMatch: false });
});

test('rehashes a hash with other costs', async () => {
  const old = await createPasswordHasher(cheap, telemetry).hash('a password');
  const hasher = createPasswordHasher({ ...cheap, iterations: 3 }, telemetry);
  const { isMatch, newHash = '' } = await hasher.verify(old, 'a password');
  expect(isMatch).toBe(true);
  expect(newHash).toContain('t=3');
  expect(await hasher.verify(newHash, 'a password')).toEqual({ isMatch: true });
});

test('bounds concurrency and queue, and refuses the rest', async () => {
  const semaphore = createSemaphore({ concurrency: 2, maxWaiting: 3, maxWaitMs });
  const finish: (() => void)[] = [];
  const ended: number[] = [];
  const work = (i: number) =>
    semaphore.run(async () => {
      await new Promise<void>((resolve) => finish.push(resolve));
      ended.push(i);
    });
  const admitted = [0, 1, 2, 3, 4].map(work);
  await expect(work(5)).rejects.toMatchObject({ statusCode: 429 });
  expect(finish).toHaveLength(2);
  expect(semaphore.waiting()).toBe(3);
  while (ended.length < 5) {
    finish.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(finish.length).toBeLessThanOrEqual(2);
  }
  await Promise.all(admitted);
  expect(ended).toEqual([0, 1, 2, 3, 4]);
  await expect(semaphore.run(async () => 'free')).resolves.toBe('free');
});

test('releases the slot when work fails', async () => {
  const semaphore = createSemaphore({ concurrency: 1, maxWaiting: 1, maxWaitMs });
  await expect(semaphore.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(semaphore.run(async () => 'free')).resolves.toBe('free');
});

test('refuses what waited too long, before a timeout at the gateway opens the circuit', async () => {
  const semaphore = createSemaphore({ concurrency: 1, maxWaiting: 9, maxWaitMs: 4_000 });
  const { promise, resolve } = Promise.withResolvers<string>();
  const [first, late] = [semaphore.run(() => promise), semaphore.run(async () => 'late')];
  const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 4_001);
  resolve('first');
  await expect(late).rejects.toMatchObject({ statusCode: 429 });
  expect(await first).toBe('first');
  clock.mockRestore();
});
