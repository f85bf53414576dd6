import { expect, test } from '@jest/globals';
import { newPhone, password, useAccounts } from '../testing/account-fixture.ts';

const fixture = useAccounts();

interface From {
  readonly address?: string;
  readonly deviceId?: string;
  readonly tried?: string;
}

function login(phone: string, { address = '203.0.113.1', deviceId, tried = password }: From = {}) {
  const body = { phone, password: tried, ...(deviceId && { deviceId }) };
  return fixture.call('POST', '/auth/login', body, { 'x-forwarded-for': address });
}

/** Guesses as long as the address is not locked. */
async function guess(phone: string, address: string) {
  let status = 401;
  for (let i = 0; status === 401 && i < 6; i += 1) {
    ({ status } = await login(phone, { address, tried: `guess number ${i}` }));
  }
  return status;
}

test('a stranger who guesses locks the own address, not the owner', async () => {
  const phone = newPhone();
  await fixture.join(phone);
  expect(await guess(phone, '198.51.100.1')).toBe(423);
  expect((await login(phone, { address: '198.51.100.1' })).status).toBe(423);
  expect((await login(phone)).status).toBe(200);
});

test('many strangers slow unknown devices down, and keep no known device out', async () => {
  const phone = newPhone();
  await fixture.join(phone, { deviceId: 'the-owners-phone' });
  const refusals: number[] = [];
  for (let i = 0; i < 6; i += 1) refusals.push(await guess(phone, `198.51.100.${10 + i}`));
  expect(refusals).toEqual([423, 423, 423, 423, 429, 429]);
  const slowed = await login(phone);
  expect(slowed.status).toBe(429);
  expect(slowed.body.details).toEqual({ retryAfterSeconds: 30 });
  expect((await login(phone, { deviceId: 'the-owners-phone' })).status).toBe(200);
  // Half a minute later one more attempt passes.
  await fixture.api.pool.query(
    `UPDATE accounts.login_attempts SET changed_at = changed_at - interval '31 seconds'`,
  );
  expect((await login(phone)).status).toBe(200);
});

test('a known device counts like an unknown one after five failures of its own', async () => {
  const phone = newPhone();
  await fixture.join(phone, { deviceId: 'phone' });
  const tried = 'wrong password';
  for (let i = 0; i < 5; i += 1) {
    const from = { deviceId: 'phone', address: `198.51.100.${30 + i}`, tried };
    expect((await login(phone, from)).status).toBe(401);
  }
  // Whoever guesses its id gets no more attempts than without it, and does not lock the owner out.
  const guesser = { deviceId: 'phone', address: '198.51.100.40' };
  for (let i = 0; i < 5; i += 1)
    expect((await login(phone, { ...guesser, tried })).status).toBe(401);
  expect((await login(phone, guesser)).status).toBe(423);
  expect((await login(phone, { deviceId: 'phone' })).status).toBe(200);
});

test('an unknown number is locked and slowed alike', async () => {
  const phone = newPhone();
  const refusals: number[] = [];
  for (let i = 0; i < 5; i += 1) refusals.push(await guess(phone, `198.51.100.${50 + i}`));
  expect(refusals).toEqual([423, 423, 423, 423, 429]);
  const metrics = await fixture.api.telemetry.renderMetrics();
  expect(metrics).toMatch(/auth_lockouts_total \d/);
});
