import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { countActiveUsers, watchBusiness } from '../business-metrics.ts';
import { type Answer, createClient } from '../testing/call.ts';
import { type RunningApi, type SignedIn, startApi } from '../testing/running-api.ts';

let api: RunningApi;
let ada: SignedIn;
let bob: SignedIn;

beforeAll(async () => {
  api = await startApi();
  [ada, bob] = [await api.signIn('customer'), await api.signIn('courier')];
}, 120_000);

afterAll(() => api.stop());

function call(user: SignedIn, method: string, path: string, body?: unknown): Promise<Answer> {
  return createClient(api.base)(method, `/users${path}`, body, user.headers);
}

test('shows and changes the own profile', async () => {
  expect((await call(ada, 'GET', '/me')).body).toMatchObject({ id: ada.userId, bio: null });
  const change = { displayName: 'Ada L.', bio: 'Eats early.', timeZone: 'Europe/Lisbon' };
  expect((await call(ada, 'PATCH', '/me', change)).body).toMatchObject(change);
  const { body } = await call(ada, 'PATCH', '/me', { bio: null });
  expect(body).toMatchObject({ displayName: 'Ada L.', bio: null, timeZone: 'Europe/Lisbon' });
});

test.each([
  [{}, 'body'],
  [{ displayName: '  ' }, 'body.displayName'],
  [{ timeZone: 'Mars/Olympus' }, 'body.timeZone'],
  [{ avatarUrl: 'http://example.org/a.png' }, 'body.avatarUrl'],
  [{ bio: 'One.', role: 'admin' }, 'body'],
])('refuses the change %j', async (change, field) => {
  const { status, body } = await call(ada, 'PATCH', '/me', change);
  expect(status).toBe(400);
  expect(body.validationErrors).toMatchObject([{ field }]);
});

test('shows others only the visible fields', async () => {
  const seen = async () => Object.keys((await call(bob, 'GET', `/${ada.userId}`)).body).sort();
  expect(await seen()).toEqual(['avatarUrl', 'bio', 'displayName', 'id', 'lastSeenAt']);
  const all = { phoneVisible: true, profileVisible: true, lastSeenVisible: true };
  const none = { phoneVisible: false, profileVisible: false, lastSeenVisible: false };
  expect((await call(ada, 'PUT', '/me/privacy', all)).body).toEqual(all);
  expect(await seen()).toContain('phone');
  await call(ada, 'PUT', '/me/privacy', none);
  expect((await call(ada, 'GET', '/me/privacy')).body).toEqual(none);
  expect(await seen()).toEqual(['displayName', 'id']);
});

test('hides a user from those they have blocked', async () => {
  const path = `/me/blocked/${bob.userId}`;
  expect((await call(ada, 'PUT', path)).status).toBe(204);
  expect((await call(ada, 'PUT', path)).status).toBe(204);
  expect((await call(ada, 'GET', '/me/blocked')).body.items).toMatchObject([{ id: bob.userId }]);
  expect((await call(bob, 'GET', `/${ada.userId}`)).status).toBe(404);
  expect((await call(ada, 'GET', `/${bob.userId}`)).status).toBe(200);
  expect((await call(ada, 'DELETE', path)).status).toBe(204);
  expect((await call(bob, 'GET', `/${ada.userId}`)).status).toBe(200);
});

test('refuses to block oneself or an unknown user', async () => {
  const { body } = await call(ada, 'PUT', `/me/blocked/${ada.userId}`);
  expect(body.details).toMatchObject({ ruleViolated: 'BLOCK_SELF' });
  const nobody = '00000000-0000-4000-8000-000000000000';
  expect((await call(ada, 'PUT', `/me/blocked/${nobody}`)).status).toBe(404);
});

test('counts the users of the last five minutes', async () => {
  const idle = await api.signIn('customer');
  await api.pool.query(
    `UPDATE accounts.sessions SET last_used_at = now() - interval '6 minutes' WHERE user_id = $1`,
    [idle.userId],
  );
  const before = await countActiveUsers(api.pool);
  // A request makes that user active again.
  expect((await call(idle, 'GET', '/me')).status).toBe(200);
  const stop = watchBusiness(api.pool, api.telemetry);
  while (!(await api.telemetry.renderMetrics()).includes(`galley_active_users ${before + 1}\n`)) {
    await sleep(20);
  }
  stop();
});
