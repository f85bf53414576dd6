import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPool } from '@watchkeeper/galley';
import type { NativeTarget } from '../native-target.ts';

/** Statements that a service's role must not run, by role. */
const forbidden: [role: string, statement: string][] = [
  ...['api', 'realtime', 'worker', 'api_owner', 'realtime_owner', 'worker_owner'].flatMap(
    (role): [string, string][] => [
      [role, "COPY (SELECT 1) TO PROGRAM 'true'"],
      [role, "SELECT pg_read_file('/etc/passwd')"],
      [role, 'SELECT rolpassword FROM pg_authid'],
      [role, 'SET ROLE galley'],
      [role, 'CREATE ROLE mallory SUPERUSER'],
    ],
  ),
  ...['api', 'realtime', 'worker'].flatMap((role): [string, string][] => [
    [role, 'CREATE TABLE public.mine (id int)'],
    [role, 'CREATE SCHEMA mine'],
    [role, 'ALTER TABLE events.outbox DISABLE TRIGGER ALL'],
    [role, 'DROP TABLE events.outbox'],
    [role, `SET ROLE ${role}_owner`],
    [role, 'UPDATE ledger.entries SET amount_cents = 0'],
    [role, 'DELETE FROM ledger.entries'],
  ]),
  // It reads everything, and that is all.
  ['backup', "COPY (SELECT 1) TO PROGRAM 'true'"],
  ['backup', "SELECT pg_read_file('/etc/passwd')"],
  ['backup', 'SET ROLE galley'],
  ['backup', 'SET transaction_read_only = off; CREATE TABLE public.mine (id int)'],
  ['backup', 'SET transaction_read_only = off; DELETE FROM orders.orders'],
  ['realtime', 'SELECT phone FROM accounts.users'],
  ['realtime', 'SELECT password_hash FROM accounts.users'],
  ['realtime', 'SELECT * FROM accounts.refresh_tokens'],
  [
    'realtime',
    "INSERT INTO accounts.sessions (user_id, device_id) VALUES (gen_random_uuid(), 'x')",
  ],
  ['realtime', 'SELECT * FROM events.outbox'],
  ['realtime', "UPDATE orders.orders SET status = 'delivered'"],
  ['realtime', 'SELECT secret FROM webhooks.subscriptions'],
  ['worker', 'SELECT password_hash FROM accounts.users'],
  ['worker', "UPDATE accounts.users SET role = 'admin'"],
  ['worker', 'SELECT * FROM accounts.registrations'],
  ['worker', 'SELECT * FROM ledger.wallets'],
  ['worker', 'SELECT text FROM realtime.messages'],
  ['api', 'SELECT text FROM realtime.messages'],
  ['api', 'SELECT secret FROM webhooks.subscriptions'],
  ['worker_owner', 'SELECT * FROM accounts.users'],
  ['realtime_owner', 'SELECT * FROM accounts.users'],
  ['api_owner', 'SELECT * FROM webhooks.subscriptions'],
];

function secretOf(role: string): string {
  if (role === 'galley') return 'database-password';
  const name = role.replace(/_owner$/, '');
  return role === name ? `${name}-database-password` : `${name}-owner-password`;
}

/** Somebody who can run statements with a service's password. */
export function describeDatabase(target: NativeTarget): void {
  describe('the database', () => {
    const clients = new Map<string, ReturnType<typeof createPool>>();

    beforeAll(async () => {
      for (const role of new Set(['galley', ...forbidden.map(([role]) => role)])) {
        const secret = secretOf(role);
        const login = `${role}:${await target.readSecret(secret)}`;
        const databaseUrl = `postgres://${login}@127.0.0.1:${target.port('postgres')}/galley`;
        clients.set(role, createPool('attack', { databaseUrl, poolSize: 1 }));
      }
    });
    afterAll(() => Promise.all([...clients.values()].map((client) => client.end())));

    test.each(forbidden)('%s may not: %s', async (role, statement) => {
      // 42501 is insufficient_privilege.
      await expect(clients.get(role)?.query(statement)).rejects.toMatchObject({ code: '42501' });
    });

    // An argument of unknown type prefers `text`, and so a planted function, to the built-in one.
    test.each(['public', 'api', 'galley'])(
      'no role calls what a worker plants in %s',
      async (schema) => {
        const planter = clients.get('worker_owner');
        await planter?.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`).catch(() => {});
        await planter?.query(`GRANT USAGE ON SCHEMA ${schema} TO PUBLIC`);
        const planted = `${schema}.make_interval(secs text)`;
        await planter?.query(`CREATE FUNCTION ${planted} RETURNS text RETURN 'planted'`);
        try {
          const statement = 'SELECT make_interval(secs => $1)::text AS found';
          for (const role of ['api', 'realtime', 'worker', 'api_owner', 'galley']) {
            const { rows } = (await clients.get(role)?.query(statement, ['60'])) ?? {};
            expect([role, rows]).toEqual([role, [{ found: '00:01:00' }]]);
          }
        } finally {
          await planter?.query(`DROP FUNCTION ${planted}`);
          if (schema !== 'public') await planter?.query(`DROP SCHEMA ${schema}`);
        }
      },
    );

    test('no service is refused what it needs', async () => {
      for (const app of ['api', 'realtime', 'worker']) {
        const lines = await target.readLog(app);
        expect(lines.filter((line) => line.includes('permission denied'))).toEqual([]);
      }
    });
  });
}
