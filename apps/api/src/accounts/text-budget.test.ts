import { expect, test } from '@jest/globals';
import { newPhone, password, useAccounts } from '../testing/account-fixture.ts';

const fixture = useAccounts({ environment: { SMS_PER_ADDRESS: '3' } });

function registerFrom(address: string) {
  const body = { phone: newPhone(), password, displayName: 'Ada' };
  return fixture.call('POST', '/auth/register', body, { 'x-forwarded-for': address });
}

test('an address has a budget of texts, whatever numbers it asks for; others keep theirs', async () => {
  // One caller has the whole /64.
  const addresses = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:1::3', '2001:db8::4'];
  const statuses: number[] = [];
  for (const address of addresses) statuses.push((await registerFrom(address)).status);
  expect(statuses).toEqual([201, 201, 201, 429]);
  expect((await registerFrom('2001:db8:0:1::1')).status).toBe(201);
  expect((await registerFrom('203.0.113.9')).status).toBe(201);
  expect(await fixture.api.telemetry.renderMetrics()).toContain(
    'rate_limit_rejections_total{limiter="texts_per_address"} 1',
  );
  // A refused one has used nothing up.
  const { rows } = await fixture.api.pool.query(
    'SELECT count(*)::int AS count FROM accounts.registrations',
  );
  expect(rows[0].count).toBe(5);
});
