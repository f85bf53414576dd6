import { afterEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';
import { createStrategy } from './strategies.ts';

let gateway: RunningGateway | undefined;

afterEach(async () => {
  jest.useRealTimers();
  await gateway?.stop();
  gateway = undefined;
});

const fixed = { strategy: 'fixed-window', per: 'user', limit: 100, windowSeconds: 60 } as const;
const sliding = { ...fixed, strategy: 'sliding-window' } as const;
const bucket = {
  strategy: 'token-bucket',
  per: 'address',
  capacity: 100,
  refillPerSecond: 10,
} as const;

test.each([fixed, sliding, bucket])(
  'lets a hundred of 150 at once pass: $strategy',
  async (one) => {
    const take = createStrategy(one, 1, () => 0);
    const waits = await Promise.all(Array.from({ length: 150 }, () => take('a')));
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(100);
    expect(await take('b')).toBe(0);
  },
);

test.each([fixed, sliding, bucket])('multiplies by a factor: $strategy', async (settings) => {
  const take = createStrategy(settings, 0.5, () => 0);
  const waits = await Promise.all(Array.from({ length: 150 }, () => take('a')));
  expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(50);
});

test('restarts a fixed window when it is over', async () => {
  jest.useFakeTimers({ now: 0 });
  const take = createStrategy({ ...fixed, limit: 1 }, 1);
  expect(await take('a')).toBe(0);
  jest.setSystemTime(20_000);
  expect(await take('a')).toBe(40_000);
  jest.setSystemTime(60_000);
  expect(await take('a')).toBe(0);
});

const steps = fc.array(fc.nat({ max: 40_000 }), { minLength: 1, maxLength: 300 });

test('never lets more than a bucket and its refill pass, and honours Retry-After', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (gaps) => {
      let now = 0;
      const settings = { ...bucket, capacity: 5, refillPerSecond: 0.5 };
      const take = createStrategy(settings, 1, () => now);
      const passed: number[] = [];
      for (const gap of gaps) {
        now += gap % 5_000;
        const waitMs = await take('a');
        if (waitMs > 0) {
          // After exactly the announced wait the request passes.
          now += waitMs;
          expect(await take('a')).toBe(0);
        }
        passed.push(now);
      }
      for (const [index, from] of passed.entries()) {
        const allowed = 5 + ((now - from) / 1_000) * 0.5;
        expect(passed.length - index).toBeLessThanOrEqual(allowed + 1e-6);
      }
    }),
    { numRuns: 50 },
  );
});

test('accepts a caller who honours Retry-After, despite fractions of tokens', async () => {
  let now = 0;
  let waitMs = 0;
  const take = createStrategy({ ...bucket, capacity: 5, refillPerSecond: 0.5 }, 1, () => now);
  for (const gap of [259, 54, 21, 71, 129, 222]) {
    now += gap;
    waitMs = await take('a');
  }
  expect(waitMs).toBeGreaterThan(0);
  now += waitMs;
  expect(await take('a')).toBe(0);
});

test("never lets twice the limit pass at a window's boundary, and honours Retry-After", async () => {
  jest.useFakeTimers({ now: 0 });
  await fc.assert(
    fc.asyncProperty(steps, fc.uuid(), async (gaps, key) => {
      const take = createStrategy({ ...sliding, limit: 10, windowSeconds: 60 }, 1);
      const passed: number[] = [];
      for (const gap of gaps) {
        jest.advanceTimersByTime(gap % 10_000);
        const waitMs = await take(key);
        if (waitMs > 0) {
          jest.advanceTimersByTime(waitMs);
          expect(await take(key)).toBe(0);
        }
        passed.push(Date.now());
      }
      // The window before counts as if it had been even, so the bound is not quite the limit.
      const most = passed.map((from) => passed.filter((at) => at >= from && at < from + 60_000));
      expect(Math.max(...most.map(({ length }) => length))).toBeLessThan(20);
    }),
    { numRuns: 50 },
  );
});

test('refuses an address with 429 and Retry-After, and counts it', async () => {
  gateway = await startGateway({ environment: { ADDRESS_LIMIT_FACTOR: '0.1' } });
  const { base, telemetry } = gateway;
  const answers = await Promise.all(
    // Many more than the ten that may pass at once, since one more may each second.
    Array.from({ length: 40 }, () => fetch(`${base}/nowhere`)),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(await refused[0]?.json()).toMatchObject({
    statusCode: 429,
    error: 'Too Many Requests',
    message: 'Too many requests. Try again in 1 s.',
    details: { limiter: 'address', retryAfterSeconds: 1 },
  });
  expect(await telemetry.renderMetrics()).toContain(
    `rate_limit_rejections_total{limiter="address"} ${refused.length}`,
  );
});

test('limits each user, and logins most strictly', async () => {
  gateway = await startGateway({
    environment: { USER_LIMIT_FACTOR: '0.02', TRUSTED_PROXIES: '1' },
  });
  const { base, signIn } = gateway;
  const headers = [{ authorization: await signIn() }, { authorization: await signIn() }];
  const ask = async (user: number) =>
    (await fetch(`${base}/api/v1/orders`, { headers: headers[user] ?? {} })).status;
  expect([await ask(0), await ask(0), await ask(0), await ask(1)]).toEqual([200, 200, 429, 200]);
  const logIn = (from: string) =>
    fetch(`${base}/api/v1/auth/login`, { method: 'POST', headers: { 'x-forwarded-for': from } });
  for (let i = 0; i < 20; i += 1) expect((await logIn('10.0.0.1')).status).toBe(200);
  expect((await logIn('10.0.0.1')).status).toBe(429);
  expect((await logIn('10.0.0.2')).status).toBe(200);
});

test('tells services the address that it counts, not the hops before it', async () => {
  gateway = await startGateway({ environment: { TRUSTED_PROXIES: '1' } });
  const from = { 'x-forwarded-for': '6.6.6.6, 10.0.0.5' };
  await fetch(`${gateway.base}/api/v1/auth/login`, { method: 'POST', headers: from });
  await fetch(`${gateway.base}/api/v1/restaurants`, { headers: from });
  expect(gateway.api.received.map(({ headers }) => headers['x-forwarded-for'])).toEqual([
    '10.0.0.5',
    '10.0.0.5',
  ]);
});
