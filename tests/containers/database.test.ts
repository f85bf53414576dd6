import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { migrateApi } from '@watchkeeper/api/schema';
import { createPool } from '@watchkeeper/galley';
import { migrateRealtime } from '@watchkeeper/realtime/schema';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { migrateWorker } from '@watchkeeper/worker/schema';
import type { StartedTestContainer } from 'testcontainers';
import { findMachine } from './machine.ts';
import { postgresImage } from './postgres-image.ts';

// A command in a container takes seconds on a machine that others use as well.
jest.setTimeout(60_000);

const machine = await findMachine();
const missing = 'reason' in machine ? machine.reason : postgresImage(machine).reason;

if ('reason' in machine || missing !== undefined) {
  test.skip(`the schema holds on PostgreSQL in a container (${missing})`, () => {});
} else {
  describeDatabase(postgresImage(machine).image);
}

function describeDatabase(image: string) {
  let container: StartedTestContainer;
  let pool: ReturnType<typeof createPool>;
  let databaseUrl: string;

  beforeAll(async () => {
    const { GenericContainer, Wait } = await import('testcontainers');
    container = await new GenericContainer(image)
      .withEnvironment({
        POSTGRES_USER: 'galley',
        POSTGRES_DB: 'galley',
        POSTGRES_PASSWORD: 'test',
      })
      .withTmpFs({ '/var/lib/postgresql': 'uid=70,gid=70', '/var/run/postgresql': 'uid=70,gid=70' })
      .withUser('70:70')
      .withExposedPorts(5432)
      .withHealthCheck({
        test: ['CMD-SHELL', 'pg_isready -q -h 127.0.0.1 -U galley -d galley'],
        interval: 500,
        timeout: 3_000,
        retries: 60,
      })
      .withWaitStrategy(Wait.forHealthCheck())
      .start();
    const address = `${container.getHost()}:${container.getMappedPort(5432)}`;
    databaseUrl = `postgres://galley:test@${address}/galley`;
    const { telemetry } = await createTestTelemetry();
    await migrateApi(databaseUrl, telemetry.logger);
    pool = createPool('api', { databaseUrl, poolSize: 5 });
  }, 120_000);

  afterAll(async () => {
    await pool?.end();
    await container?.stop();
  }, 30_000);

  describe('the schema on PostgreSQL in a container', () => {
    test('is that of PostgreSQL 18, as pinned', async () => {
      const { rows } = await pool.query('SHOW server_version');
      expect(rows[0].server_version).toMatch(/^18\./);
    });

    test('is migrated once, however many start at once', async () => {
      const { telemetry, linesOf } = await createTestTelemetry();
      await Promise.all([1, 2, 3].map(() => migrateApi(databaseUrl, telemetry.logger)));
      const applied = linesOf('migration_completed').map((line) => line.applied);
      expect(applied).toEqual([[], [], []]);
    });

    test('is that of every service, one schema for each module', async () => {
      const { telemetry } = await createTestTelemetry();
      await migrateRealtime(databaseUrl, telemetry.logger);
      await migrateWorker(databaseUrl, telemetry.logger);
      const { rows } = await pool.query<{ schema: string }>(
        'SELECT DISTINCT table_schema AS schema FROM information_schema.tables',
      );
      const modules = [
        'accounts',
        'catalogue',
        'events',
        'ledger',
        'orders',
        'realtime',
        'webhooks',
      ];
      expect(rows.map(({ schema }) => schema)).toEqual(expect.arrayContaining(modules));
    });

    test('notifies listeners of an event when its transaction ends', async () => {
      const [listener, writer] = [await pool.connect(), await pool.connect()];
      try {
        const heard: string[] = [];
        listener.on('notification', ({ payload = '' }) => heard.push(payload));
        await listener.query('LISTEN probe');
        await writer.query('BEGIN');
        await writer.query("SELECT pg_notify('probe', 'rolled back')");
        await writer.query('ROLLBACK');
        await writer.query("SELECT pg_notify('probe', 'committed')");
        await waitUntil('the notification', () => heard.length > 0);
        expect(heard).toEqual(['committed']);
      } finally {
        listener.release(true);
        writer.release();
      }
    });

    test('gives a row lock to one at a time', async () => {
      const [first, second] = [await pool.connect(), await pool.connect()];
      try {
        await first.query('BEGIN');
        await first.query('SELECT id FROM catalogue.restaurants ORDER BY id LIMIT 1 FOR UPDATE');
        await second.query('BEGIN');
        const refused = second.query(
          'SELECT id FROM catalogue.restaurants ORDER BY id LIMIT 1 FOR UPDATE NOWAIT',
        );
        await expect(refused).rejects.toMatchObject({ code: '55P03' });
        await second.query('ROLLBACK');
        await first.query('COMMIT');
      } finally {
        first.release();
        second.release();
      }
    });
  });
}
