import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AccountFixture, newPhone, startAccounts } from '../testing/account-fixture.ts';
import { bearer } from '../testing/call.ts';
import { ensureAdministrator } from './administrator.ts';

let accounts: AccountFixture;

beforeAll(async () => {
  accounts = await startAccounts();
}, 120_000);

afterAll(() => accounts.stop());

const hashing = { memoryKib: 19_456, iterations: 2, parallelism: 1, concurrency: 1 };
const password = 'made by a machine, long';
const start = (phone: string, secret = password) =>
  ensureAdministrator(accounts.api.pool, {
    administrator: { phone, password: secret },
    hashing,
  });
const logIn = (phone: string, secret = password) =>
  accounts.call('POST', '/auth/login', { phone, password: secret });
const me = async ({ body }: { body: Record<string, unknown> }) =>
  (await accounts.call('GET', '/users/me', undefined, bearer(body.accessToken))).status;

test('the configured administrator logs in like any user', async () => {
  const phone = newPhone();
  await start(phone);
  expect(await logIn(phone)).toMatchObject({
    status: 200,
    body: { accessToken: expect.any(String), user: { phone, roles: ['admin'] } },
  });
  expect((await logIn(phone, 'another one')).status).toBe(401);
});

test('a restart keeps the sessions, a new password ends them', async () => {
  const phone = newPhone();
  await start(phone);
  const session = await logIn(phone);
  await start(phone);
  expect(await me(session)).toBe(200);
  await start(phone, 'another one, as long');
  expect((await logIn(phone)).status).toBe(401);
  expect((await logIn(phone, 'another one, as long')).status).toBe(200);
  const refreshToken = session.body.refreshToken;
  expect((await accounts.call('POST', '/auth/refresh', { refreshToken })).status).toBe(401);
});

test('a registration of the number that waits for its code is void', async () => {
  const phone = newPhone();
  const { registrationId } = (await accounts.register(phone, { password: 'of a stranger' })).body;
  const code = await accounts.sms.codeOf(phone);
  await start(phone);
  const confirmation = { phone, registrationId, code };
  expect((await accounts.call('POST', '/auth/verify', confirmation)).status).toBe(401);
  expect((await logIn(phone, 'of a stranger')).status).toBe(401);
  expect((await logIn(phone)).body.user).toMatchObject({ displayName: 'Administrator' });
});

test('a verified user of the number does not become administrator', async () => {
  const phone = newPhone();
  const { body } = await accounts.join(phone);
  await expect(start(phone)).rejects.toThrow(
    `Expected \`ADMIN_PHONE\` to be a number that no other user has, got \`${phone}\`.`,
  );
  expect(body.user).toMatchObject({ roles: ['customer'] });
  expect(await me({ body })).toBe(200);
});

test('concurrent starts create one administrator', async () => {
  const phone = newPhone();
  await Promise.all([start(phone), start(phone), start(phone)]);
  expect((await logIn(phone)).status).toBe(200);
  await start(phone);
});
