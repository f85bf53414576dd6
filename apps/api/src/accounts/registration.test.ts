import { expect, test } from '@jest/globals';
import { newPhone, password, useAccounts } from '../testing/account-fixture.ts';
import { bearer } from '../testing/call.ts';

const fixture = useAccounts();

function register(phone: string, more: object = {}) {
  return fixture.call('POST', '/auth/register', { phone, password, displayName: 'Ada', ...more });
}

function verify(phone: string, code: string) {
  return fixture.call('POST', '/auth/verify', { phone, code });
}

/** Any code but the right one. */
function otherThan(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

/** As if the last code had been sent `seconds` before. */
async function age(phone: string, seconds: number) {
  await fixture.api.pool.query(
    `UPDATE accounts.one_time_codes SET sent_at = sent_at - make_interval(secs => $2),
       expires_at = expires_at - make_interval(secs => $2)
     WHERE user_id = (SELECT id FROM accounts.users WHERE phone = $1)`,
    [phone, seconds],
  );
}

test('signs a user in with the code sent to their number', async () => {
  const phone = newPhone();
  const registered = await register(phone, { role: 'courier' });
  expect(registered.status).toBe(201);
  const { userId, codeExpiresAt } = registered.body;
  const lastsMs = Date.parse(String(codeExpiresAt)) - Date.now();
  expect(Math.round(lastsMs / 60_000)).toBe(5);
  const { status, body } = await verify(phone, await fixture.sms.codeOf(phone));
  expect(status).toBe(200);
  expect(body).toMatchObject({
    tokenType: 'Bearer',
    expiresInSeconds: 900,
    user: { id: userId, phone, displayName: 'Ada', roles: ['courier'] },
  });
  const { body: me } = await fixture.call('GET', '/auth/sessions', undefined, {
    ...bearer(body.accessToken),
  });
  expect(me.items).toHaveLength(1);
  const events = await fixture.api.pool.query(
    'SELECT event_type, payload FROM events.outbox WHERE aggregate_id = $1',
    [userId],
  );
  expect(events.rows).toEqual([
    { event_type: 'user.registered', payload: { userId, role: 'courier' } },
  ]);
});

test('stores neither code nor password in plain text', async () => {
  const phone = newPhone();
  await register(phone);
  const code = await fixture.sms.codeOf(phone);
  const { rows } = await fixture.api.pool.query(
    `SELECT u.password_hash, encode(c.digest, 'escape') AS digest
     FROM accounts.users u JOIN accounts.one_time_codes c ON c.user_id = u.id WHERE phone = $1`,
    [phone],
  );
  expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$/);
  expect(rows[0].digest).not.toContain(code);
});

test('checks at most five concurrent attempts of a code', async () => {
  const phone = newPhone();
  await register(phone);
  const code = await fixture.sms.codeOf(phone);
  const guesses = Array.from({ length: 20 }, () => verify(phone, otherThan(code)));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect((await verify(phone, code)).status).toBe(401);
});

test('accepts a right code once under concurrency', async () => {
  const phone = newPhone();
  await register(phone);
  const code = await fixture.sms.codeOf(phone);
  const answers = await Promise.all([1, 2, 3, 4].map(() => verify(phone, code)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('refuses a code after five minutes', async () => {
  const phone = newPhone();
  await register(phone);
  const code = await fixture.sms.codeOf(phone);
  await age(phone, 301);
  expect((await verify(phone, code)).status).toBe(401);
});

test('limits how often another code is sent', async () => {
  const phone = newPhone();
  await register(phone);
  const sent = () => fixture.sms.messages.filter(({ to }) => to === phone).length;
  await fixture.sms.codeOf(phone);
  const ask = () => fixture.call('POST', '/auth/otp', { phone });
  expect((await ask()).status).toBe(202);
  expect(sent()).toBe(1);
  for (let known = 1; known < 5; known += 1) {
    await age(phone, 31);
    expect((await ask()).status).toBe(202);
    await fixture.sms.codeOf(phone, known);
  }
  await age(phone, 31);
  expect((await ask()).status).toBe(202);
  expect(sent()).toBe(5);
  expect(await fixture.api.telemetry.renderMetrics()).toContain(
    'rate_limit_rejections_total{limiter="one_time_codes"} 2',
  );
});

test('answers a code request for an unknown number alike, and sends nothing', async () => {
  const phone = newPhone();
  expect(await fixture.call('POST', '/auth/otp', { phone })).toEqual({ status: 202, body: {} });
  expect(fixture.sms.messages.filter(({ to }) => to === phone)).toEqual([]);
});

test('keeps a registration while the SMS provider is down; another code completes it', async () => {
  const phone = newPhone();
  fixture.sms.statusCode = 500;
  expect((await register(phone)).status).toBe(201);
  await fixture.sms.codeOf(phone);
  fixture.sms.statusCode = 201;
  await age(phone, 31);
  await fixture.call('POST', '/auth/otp', { phone });
  expect((await verify(phone, await fixture.sms.codeOf(phone, 1))).status).toBe(200);
  expect(fixture.api.linesOf('notification_send_failed').at(-1)).toMatchObject({
    level: 'error',
    channel: 'sms',
    status_code: 500,
  });
});

test('refuses a registered number, and frees an unverified one', async () => {
  const phone = newPhone();
  await register(phone);
  expect((await register(phone)).body).toMatchObject({ details: { ruleViolated: 'PHONE_TAKEN' } });
  await age(phone, 301);
  expect((await register(phone)).status).toBe(201);
  await verify(phone, await fixture.sms.codeOf(phone, 1));
  expect((await register(phone)).status).toBe(409);
});

test('gives a number to one of many concurrent registrations', async () => {
  const phone = newPhone();
  const passwords = Array.from({ length: 8 }, (_, i) => `the password of person ${i}`);
  const answers = await Promise.all(passwords.map((each) => register(phone, { password: each })));
  const winner = answers.findIndex(({ status }) => status === 201);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect((await verify(phone, await fixture.sms.codeOf(phone))).status).toBe(200);
  const login = { phone, password: passwords[winner] };
  expect((await fixture.call('POST', '/auth/login', login)).status).toBe(200);
});

test.each([
  [{ phone: '12345' }, 'body.phone'],
  [{ password: 'too short' }, 'body.password'],
  [{ displayName: 'A\u0000da' }, 'body.displayName'],
  [{ role: 'admin' }, 'body.role'],
])('refuses %j', async (wrong, field) => {
  const { status, body } = await register(newPhone(), wrong);
  expect(status).toBe(400);
  expect(body.validationErrors).toMatchObject([{ field }]);
});
