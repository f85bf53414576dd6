import { expect, test } from '@jest/globals';
import { newPhone, password, useAccounts } from '../testing/account-fixture.ts';
import { bearer } from '../testing/call.ts';

const fixture = useAccounts();
const register = (phone: string, more?: object) => fixture.register(phone, more);

interface Started {
  readonly phone: string;
  readonly registrationId: string;
  readonly code: string;
}

/** Registers, as far as the code. */
async function startRegistration(phone = newPhone(), more: object = {}): Promise<Started> {
  const known = fixture.sms.messages.filter(({ to }) => to === phone).length;
  const { status, body } = await register(phone, more);
  expect(status).toBe(201);
  const code = await fixture.sms.codeOf(phone, known);
  return { phone, registrationId: String(body.registrationId), code };
}

function verify({ phone, registrationId, code }: Started) {
  return fixture.call('POST', '/auth/verify', { phone, registrationId, code });
}

function requestCode({ phone, registrationId }: Omit<Started, 'code'>) {
  return fixture.call('POST', '/auth/otp', { phone, registrationId });
}

/** Any code but the right one. */
function otherThan(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

/** As if everything so far had been `seconds` before. */
async function age(seconds: number) {
  await fixture.api.pool.query(
    'UPDATE accounts.registrations SET expires_at = expires_at - make_interval(secs => $1)',
    [seconds],
  );
  await fixture.api.pool.query(
    'UPDATE accounts.text_budgets SET sent_at = sent_at - make_interval(secs => $1)',
    [seconds],
  );
}

const sentTo = (phone: string) => fixture.sms.messages.filter(({ to }) => to === phone).length;

test('signs a user in with the code sent to their number', async () => {
  const phone = newPhone();
  const { status: created, body: started } = await register(phone);
  expect(created).toBe(201);
  expect(Object.keys(started).sort()).toEqual(['codeExpiresAt', 'registrationId']);
  const lastsMs = Date.parse(String(started.codeExpiresAt)) - Date.now();
  expect(Math.round(lastsMs / 60_000)).toBe(5);
  const { registrationId } = started as { registrationId: string };
  const { status, body } = await verify({
    ...{ phone, registrationId },
    code: await fixture.sms.codeOf(phone),
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    tokenType: 'Bearer',
    expiresInSeconds: 900,
    user: { phone, displayName: 'Ada', roles: ['customer'] },
  });
  const { id: userId } = body.user as { id: string };
  const { body: me } = await fixture.call('GET', '/auth/sessions', undefined, {
    ...bearer(body.accessToken),
  });
  expect(me.items).toHaveLength(1);
  const events = await fixture.api.pool.query(
    'SELECT event_type, payload FROM events.outbox WHERE aggregate_id = $1',
    [userId],
  );
  expect(events.rows).toEqual([
    { event_type: 'user.registered', payload: { userId, role: 'customer' } },
  ]);
});

test("a stranger's registration is never confirmed by the owner's code", async () => {
  const phone = newPhone();
  const stranger = await startRegistration(phone, { password: 'the password of a stranger' });
  await age(31);
  const owner = await startRegistration(phone, { password: 'the password of its owner' });
  // The stranger's id is void, with either code; and uses no try of the owner's.
  for (const code of [owner.code, stranger.code, ...Array(10).fill(owner.code)]) {
    expect((await verify({ ...stranger, code })).status).toBe(401);
  }
  expect((await verify(owner)).status).toBe(200);
  const login = (secret: string) =>
    fixture.call('POST', '/auth/login', { phone, password: secret });
  expect((await login('the password of a stranger')).status).toBe(401);
  expect((await login('the password of its owner')).status).toBe(200);
});

test('a stranger who registers a number last learns no code, and the owner can begin again', async () => {
  const phone = newPhone();
  const owner = await startRegistration(phone);
  await age(31);
  const stranger = await startRegistration(phone, { password: 'the password of a stranger' });
  // The owner types the code of the latest message into the form of the own registration.
  expect((await verify({ ...owner, code: stranger.code })).status).toBe(401);
  await age(31);
  expect((await verify(await startRegistration(phone))).status).toBe(200);
});

test('stores neither code, id nor password in plain text', async () => {
  const { phone, code, registrationId } = await startRegistration();
  const { rows } = await fixture.api.pool.query(
    `SELECT r::text AS text, encode(code_digest, 'escape') AS digest, password_hash
     FROM accounts.registrations r WHERE phone = $1`,
    [phone],
  );
  expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$/);
  expect(rows[0].digest).not.toContain(code);
  expect(rows[0].text).not.toContain(registrationId);
});

test('checks at most five concurrent attempts of a code', async () => {
  const started = await startRegistration();
  const guess = { ...started, code: otherThan(started.code) };
  const answers = await Promise.all(Array.from({ length: 20 }, () => verify(guess)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  expect((await verify(started)).status).toBe(401);
});

test('accepts a right code once under concurrency', async () => {
  const started = await startRegistration();
  const answers = await Promise.all([1, 2, 3, 4].map(() => verify(started)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('refuses a code after five minutes', async () => {
  const started = await startRegistration();
  await age(301);
  expect((await verify(started)).status).toBe(401);
});

test('limits how often another code is sent', async () => {
  const { phone, registrationId } = await startRegistration();
  const ask = () => requestCode({ phone, registrationId });
  expect((await ask()).status).toBe(429);
  expect(sentTo(phone)).toBe(1);
  for (let known = 1; known < 5; known += 1) {
    await age(31);
    expect((await ask()).status).toBe(202);
    await fixture.sms.codeOf(phone, known);
  }
  await age(31);
  expect((await ask()).status).toBe(429);
  expect((await register(phone)).status).toBe(429);
  expect(sentTo(phone)).toBe(5);
  expect(await fixture.api.telemetry.renderMetrics()).toContain(
    'rate_limit_rejections_total{limiter="one_time_codes"} 3',
  );
});

test('answers a code request without the id alike, and sends nothing', async () => {
  const { phone } = await startRegistration();
  await age(31);
  for (const number of [phone, newPhone()]) {
    const asked = requestCode({ phone: number, registrationId: 'A'.repeat(43) });
    expect(await asked).toEqual({ status: 202, body: {} });
  }
  expect(sentTo(phone)).toBe(1);
});

test('keeps a registration while the SMS provider is down; another code completes it', async () => {
  const phone = newPhone();
  fixture.sms.statusCode = 500;
  const { registrationId } = await startRegistration(phone);
  fixture.sms.statusCode = 201;
  await age(31);
  await requestCode({ phone, registrationId });
  const code = await fixture.sms.codeOf(phone, 1);
  expect((await verify({ phone, registrationId, code })).status).toBe(200);
  expect(fixture.api.linesOf('notification_send_failed').at(-1)).toMatchObject({
    level: 'error',
    channel: 'sms',
    status_code: 500,
  });
});

test('reveals to nobody but its owner that a number has an account', async () => {
  const [taken, free] = [newPhone(), newPhone()];
  await fixture.join(taken);
  await age(31);
  const answers = await Promise.all([register(taken), register(free)]);
  for (const { status, body } of answers) {
    expect(status).toBe(201);
    expect(body).toEqual({ registrationId: expect.any(String), codeExpiresAt: expect.any(String) });
  }
  const { registrationId } = answers[0].body as { registrationId: string };
  expect((await verify({ phone: taken, registrationId, code: '123456' })).status).toBe(401);
  await age(31);
  expect((await requestCode({ phone: taken, registrationId })).status).toBe(202);
  await fixture.sms.codeOf(free);
  const texts = fixture.sms.messages.filter(({ to }) => to === taken).map(({ text }) => text);
  expect(texts).toHaveLength(2);
  expect(texts[1]).toMatch(/^This number already has an account with Galley: log in\./);
  const old = await fixture.call('POST', '/auth/login', { phone: taken, password });
  expect(old.status).toBe(200);
});

test('gives a number to one of many concurrent registrations', async () => {
  const phone = newPhone();
  const passwords = Array.from({ length: 8 }, (_, i) => `the password of person ${i}`);
  const answers = await Promise.all(passwords.map((each) => register(phone, { password: each })));
  const winner = answers.findIndex(({ status }) => status === 201);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  const registrationId = String(answers[winner]?.body.registrationId);
  const code = await fixture.sms.codeOf(phone);
  expect((await verify({ phone, registrationId, code })).status).toBe(200);
  const login = { phone, password: passwords[winner] };
  expect((await fixture.call('POST', '/auth/login', login)).status).toBe(200);
});

test.each([
  [{ phone: '12345' }, 'body.phone'],
  [{ password: 'too short' }, 'body.password'],
  [{ password: 'Qwertyuiop' }, 'body.password'],
  [{ password: 'password123' }, 'body.password'],
  [{ password: 'Manchester2025!' }, 'body.password'],
  [{ password: 'abcabcabcabc' }, 'body.password'],
  [{ password: 'abcdefghij' }, 'body.password'],
  [{ password: '0987654321' }, 'body.password'],
  [{ password: 'Admin12345' }, 'body.password'],
  [{ password: 'watchkeeper' }, 'body.password'],
  [{ phone: '+31612345678', password: '0612345678' }, 'body.password'],
  [{ phone: '+31612345678', password: '+31 6 1234 5678' }, 'body.password'],
  [{ displayName: 'A\u0000da' }, 'body.displayName'],
  ...['admin', 'courier', 'restaurant'].map((role) => [{ role }, 'body.role'] as const),
])('refuses %j', async (wrong, field) => {
  const { status, body } = await register(newPhone(), wrong);
  expect(status).toBe(400);
  expect(body.validationErrors).toMatchObject([{ field }]);
});
