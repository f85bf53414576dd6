import { expect, test } from '@jest/globals';
import { newPhone, password, useAccounts } from '../testing/account-fixture.ts';
import { bearer } from '../testing/call.ts';

const fixture = useAccounts();

function login(phone: string, tried = password, more: object = {}) {
  return fixture.call('POST', '/auth/login', { phone, password: tried, ...more });
}

/** A refusal without its time, request and path. */
async function refusalOf(phone: string) {
  const { status, body } = await login(phone, 'wrong password');
  const { timestamp: _, requestId: __, ...rest } = body;
  return { status, rest };
}

test('logs in with the right password', async () => {
  const phone = newPhone();
  await fixture.join(phone);
  const { status, body } = await login(phone);
  expect(status).toBe(200);
  expect(body).toMatchObject({ user: { phone, roles: ['customer'] }, expiresInSeconds: 900 });
  const { rows } = await fixture.api.pool.query(
    'SELECT count(*)::int FROM accounts.login_attempts',
  );
  expect(rows[0].count).toBe(0);
});

test('reveals no registered number: refusals, locks and timing are alike', async () => {
  const known = newPhone();
  const unknown = newPhone();
  await fixture.join(known);
  const fastestMs = new Map([known, unknown].map((phone) => [phone, Number.POSITIVE_INFINITY]));
  // In turns, and only the fastest of each counts: a busy machine may hold up any single one.
  for (let i = 0; i < 5; i += 1) {
    for (const [phone, fastest] of fastestMs) {
      const startedAt = performance.now();
      expect((await refusalOf(phone)).status).toBe(401);
      fastestMs.set(phone, Math.min(fastest, performance.now() - startedAt));
    }
  }
  // A comparison that hashed nothing would take a tenth of the time.
  expect(fastestMs.get(unknown)).toBeGreaterThan((fastestMs.get(known) ?? 0) / 3);
  for (const phone of [known, unknown]) {
    const { status, body } = await login(phone);
    expect(status).toBe(423);
    expect(body.details).toMatchObject({ ruleViolated: 'ACCOUNT_LOCKED' });
    const locked = body.details as { lockedUntil: string };
    const lastsMs = Date.parse(locked.lockedUntil) - Date.now();
    expect(Math.round(lastsMs / 60_000)).toBe(15);
  }
  expect(fixture.api.linesOf('auth_account_locked')).toHaveLength(2);
  const text = await fixture.api.telemetry.renderMetrics();
  expect(text).toContain('auth_failures_total{reason="wrong_password"} 5');
  expect(text).toContain('auth_failures_total{reason="unknown_phone"} 5');
  expect(text).toContain('auth_failures_total{reason="locked"} 2');
});

test('checks at most five concurrent wrong passwords', async () => {
  const phone = newPhone();
  await fixture.join(phone);
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, i) => login(phone, `guess number ${i}`)),
  );
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(answers.filter(({ status }) => status === 423)).toHaveLength(25);
});

test('resets the failures after a right password, and unlocks after the lockout', async () => {
  const phone = newPhone();
  await fixture.join(phone);
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 4; i += 1) await login(phone, 'wrong password');
    expect((await login(phone)).status).toBe(200);
  }
  for (let i = 0; i < 5; i += 1) await login(phone, 'wrong password');
  expect((await login(phone)).status).toBe(423);
  await fixture.api.pool.query(
    `UPDATE accounts.login_attempts SET locked_until = now() - interval '1 second'`,
  );
  expect((await login(phone, 'wrong password')).status).toBe(401);
  expect((await login(phone)).status).toBe(200);
});

test("lists a user's logins, failed ones too, with device and address", async () => {
  const phone = newPhone();
  await fixture.join(phone);
  await login(phone, 'wrong password', { deviceName: 'A stranger’s' });
  // As the gateway forwards the caller's address.
  const forwarded = { 'x-forwarded-for': '203.0.113.9' };
  const right = { phone, password, deviceName: 'Phone' };
  const { body } = await fixture.call('POST', '/auth/login', right, forwarded);
  const logins = await fixture.call('GET', '/auth/logins?limit=2', undefined, {
    ...bearer(body.accessToken),
  });
  expect(logins.body.items).toMatchObject([
    { result: 'success', reason: null, deviceName: 'Phone', address: '203.0.113.9' },
    {
      ...{ result: 'failure', reason: 'wrong_password', deviceName: 'A stranger’s' },
      address: '127.0.0.1',
    },
  ]);
});

test('changes the password, and ends the other sessions with it', async () => {
  const phone = newPhone();
  const first = await fixture.join(phone, { deviceId: 'first' });
  const second = await login(phone, password, { deviceId: 'second' });
  const change = (currentPassword: string, newPassword = 'another horse battery') =>
    fixture.call(
      'PUT',
      '/auth/password',
      { currentPassword, newPassword },
      bearer(second.body.accessToken),
    );
  expect((await change('wrong password')).status).toBe(403);
  expect((await change(password, phone)).status).toBe(400);
  expect((await change(password)).status).toBe(204);
  expect((await login(phone)).status).toBe(401);
  expect((await login(phone, 'another horse battery')).status).toBe(200);
  const { refreshToken } = first.body;
  expect((await fixture.call('POST', '/auth/refresh', { refreshToken })).status).toBe(401);
});

test('logs no number, password, code or token', async () => {
  const phone = newPhone();
  const { body } = await fixture.join(phone);
  await login(phone, 'wrong password');
  await fixture.call('POST', '/auth/refresh', { refreshToken: body.refreshToken });
  await fixture.call('GET', '/nowhere', undefined, bearer(body.accessToken));
  const code = await fixture.sms.codeOf(phone);
  const text = JSON.stringify(fixture.api.lines);
  const secrets = [phone, phone.slice(1), password, 'wrong password', `"${code}"`, `: ${code}`];
  for (const secret of [...secrets, body.accessToken, body.refreshToken]) {
    expect(text).not.toContain(secret);
  }
});
