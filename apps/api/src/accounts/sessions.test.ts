import { expect, test } from '@jest/globals';
import { newPhone, password, useAccounts } from '../testing/account-fixture.ts';
import { bearer } from '../testing/call.ts';
import { sweepAccounts } from './sweep.ts';

const fixture = useAccounts({ environment: { MAX_SESSIONS: '3' } });

interface Listed {
  readonly id: string;
  readonly deviceId: string;
  readonly isCurrent: boolean;
}

async function sessionsOf(accessToken: unknown) {
  const { status, body } = await fixture.call('GET', '/auth/sessions', undefined, {
    ...bearer(accessToken),
  });
  return { status, items: body.items as Listed[] };
}

function refresh(refreshToken: unknown) {
  return fixture.call('POST', '/auth/refresh', { refreshToken });
}

function login(phone: string, deviceId: string) {
  return fixture.call('POST', '/auth/login', { phone, password, deviceId });
}

test('exchanges a refresh token once', async () => {
  const { body } = await fixture.join(newPhone());
  const second = await refresh(body.refreshToken);
  expect(second.status).toBe(200);
  expect(second.body.refreshToken).not.toBe(body.refreshToken);
  expect(second.body.user).toEqual(body.user);
  expect((await sessionsOf(second.body.accessToken)).items).toHaveLength(1);
});

test('refuses an expired session while its access token is valid', async () => {
  const { body } = await fixture.join(newPhone());
  const { id } = body.user as { id: string };
  await fixture.api.pool.query(
    'UPDATE accounts.sessions SET expires_at = now() WHERE user_id = $1',
    [id],
  );
  expect((await sessionsOf(body.accessToken)).status).toBe(401);
});

test('ends a session thirty days after its login, however often it is refreshed', async () => {
  const { body } = await fixture.join(newPhone());
  const { id } = body.user as { id: string };
  const age = (days: number) =>
    fixture.api.pool.query(
      `UPDATE accounts.sessions SET created_at = created_at - make_interval(days => $2)
       WHERE user_id = $1`,
      [id, days],
    );
  await age(28);
  const second = await refresh(body.refreshToken);
  expect(second.status).toBe(200);
  const { rows } = await fixture.api.pool.query(
    `SELECT s.expires_at - s.created_at <= interval '30 days' AS "isBounded",
       t.expires_at = s.expires_at AS "isSame"
     FROM accounts.sessions s JOIN accounts.refresh_tokens t ON t.session_id = s.id
     WHERE user_id = $1 AND t.used_at IS NULL`,
    [id],
  );
  expect(rows).toEqual([{ isBounded: true, isSame: true }]);
});

test('revokes the session when a refresh token is reused', async () => {
  const { body } = await fixture.join(newPhone());
  const second = await refresh(body.refreshToken);
  expect((await refresh(body.refreshToken)).status).toBe(401);
  // The holder of the newer token may be the thief.
  expect((await refresh(second.body.refreshToken)).status).toBe(401);
  expect((await sessionsOf(second.body.accessToken)).status).toBe(401);
  expect(fixture.api.linesOf('auth_token_reused')).toHaveLength(1);
});

test('accepts one of many concurrent refreshes', async () => {
  const { body } = await fixture.join(newPhone());
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => refresh(body.refreshToken)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('revokes the session at logout, its access token included', async () => {
  const { body } = await fixture.join(newPhone());
  expect((await sessionsOf(body.accessToken)).status).toBe(200);
  const headers = bearer(body.accessToken);
  expect((await fixture.call('POST', '/auth/logout', undefined, headers)).status).toBe(204);
  expect((await sessionsOf(body.accessToken)).status).toBe(401);
  expect((await refresh(body.refreshToken)).status).toBe(401);
});

test('keeps one session per device, up to the limit', async () => {
  const phone = newPhone();
  await fixture.join(phone, { deviceId: 'phone' });
  await login(phone, 'tablet');
  await login(phone, 'tablet');
  await login(phone, 'laptop');
  const { body } = await login(phone, 'watch');
  const { items } = await sessionsOf(body.accessToken);
  expect(items.map(({ deviceId }) => deviceId)).toEqual(['watch', 'laptop', 'tablet']);
  expect(items.filter(({ isCurrent }) => isCurrent)).toMatchObject([{ deviceId: 'watch' }]);
});

test('keeps the limit when many devices log in at once', async () => {
  const phone = newPhone();
  await fixture.join(phone);
  await fixture.api.pool.query('DELETE FROM accounts.login_attempts');
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((device) => login(phone, device)));
  const { rows } = await fixture.api.pool.query(
    'SELECT count(*)::int FROM accounts.sessions s JOIN accounts.users u ON u.id = s.user_id ' +
      'WHERE u.phone = $1 AND revoked_at IS NULL',
    [phone],
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(rows[0].count).toBe(3);
});

test('lets users end their own sessions only', async () => {
  const phone = newPhone();
  const mine = await fixture.join(phone, { deviceId: 'mine' });
  const lost = await login(phone, 'lost');
  const other = await fixture.join(newPhone());
  const { items } = await sessionsOf(lost.body.accessToken);
  const id = items.find(({ isCurrent }) => isCurrent)?.id;
  const end = (token: unknown) =>
    fixture.call('DELETE', `/auth/sessions/${id}`, undefined, bearer(token));
  expect((await end(other.body.accessToken)).status).toBe(404);
  expect((await end(mine.body.accessToken)).status).toBe(204);
  expect((await end(mine.body.accessToken)).status).toBe(404);
  expect((await sessionsOf(lost.body.accessToken)).status).toBe(401);
});

test('queries the database once for a burst of requests', async () => {
  const { body } = await fixture.join(newPhone());
  const hits = async () => {
    const text = await fixture.api.telemetry.renderMetrics();
    return Number(/cache_hits_total\{cache="sessions"\} (\d+)/.exec(text)?.[1]);
  };
  await sessionsOf(body.accessToken);
  const before = await hits();
  for (let i = 0; i < 10; i += 1) await sessionsOf(body.accessToken);
  expect((await hits()) - before).toBe(10);
});

test('deletes expired data and keeps live data', async () => {
  const { pool, telemetry } = fixture.api;
  const { body } = await fixture.join(newPhone());
  const user = body.user as { id: string };
  await fixture.call('POST', '/auth/register', {
    ...{ phone: newPhone(), password, displayName: 'Never verified' },
  });
  await pool.query(`UPDATE accounts.users SET created_at = now() - interval '8 days'`);
  await sweepAccounts(pool, telemetry.logger);
  const { rows } = await pool.query('SELECT id FROM accounts.users WHERE verified_at IS NULL');
  expect(rows).toEqual([]);
  expect((await sessionsOf(body.accessToken)).status).toBe(200);
  await pool.query(
    `UPDATE accounts.sessions SET expires_at = now() - interval '2 days' WHERE user_id = $1`,
    [user.id],
  );
  await sweepAccounts(pool, telemetry.logger);
  expect((await refresh(body.refreshToken)).status).toBe(401);
  expect(fixture.api.linesOf('accounts_sweep_failed')).toEqual([]);
});
