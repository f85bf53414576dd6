import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, createTokens, faultRoutes, type Tokens } from '@watchkeeper/galley';
import { type Stack, startStack } from '@watchkeeper/stack';
import { createEnvironmentReader, instrumentPool } from '@watchkeeper/telemetry';
import { createTestTelemetry, type TestTelemetry } from '@watchkeeper/telemetry/testing';
import type { Pool } from 'pg';
import { migrateApi } from '../../../api/src/schema.ts';
import { createApp } from '../app.ts';
import { readConfiguration, type Settings } from '../config.ts';
import { createHub, type Hub } from '../connections/hub.ts';
import { createRealtimeFaults, type RealtimeFaults } from '../faults.ts';
import { createChannel } from '../protocol/channel.ts';
import { servePublic } from '../public-server.ts';
import { migrateRealtime } from '../schema.ts';
import { type ApiTables, createApiTables } from './api-tables.ts';
import { connectClient, type TestClient, until } from './test-client.ts';

/** One instance of realtime. */
export interface Instance extends TestTelemetry {
  readonly hub: Hub;
  readonly faults: RealtimeFaults;
  /** Of the public server, such as `127.0.0.1:40123`. */
  readonly address: string;
  /** Of the management server, with its scheme. */
  readonly management: string;
  metrics(): Promise<readonly string[]>;
  /** Connects as a user, by the header. */
  connect(userId?: string, deviceId?: string): Promise<TestClient>;
}

/** Realtime on a PostgreSQL of its own, with the api's tables beside it. */
export interface RunningRealtime extends Instance {
  readonly stack: Stack;
  readonly pool: Pool;
  readonly tokens: Tokens;
  readonly api: ApiTables;
  token(userId?: string, deviceId?: string): Promise<string>;
  /** Resolves once the database knows that a user is there. */
  online(userId: string): Promise<void>;
  /** Starts another instance on the same database. */
  startInstance(settings?: Partial<Settings>): Promise<Instance>;
  stop(): Promise<void>;
}

const secret = randomBytes(32);
const tokens = createTokens(secret);

/** Starts one instance with everything real; a test stops it when it is done. */
export async function startRealtime(settings: Partial<Settings> = {}): Promise<RunningRealtime> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'watchkeeper-realtime-'));
  const stack = await startStack({ stateFolder, ports: 'free', components: ['postgres'] });
  const { databaseUrl } = stack;
  const { telemetry } = await createTestTelemetry();
  await migrateApi(databaseUrl, telemetry.logger);
  await migrateRealtime(databaseUrl, telemetry.logger);
  const pool = createPool('test', { databaseUrl, poolSize: 4 });
  pool.on('error', () => {});
  const instances: Instance[] = [];
  const startInstance = async (own: Partial<Settings> = {}) => {
    const instance = await createInstance(databaseUrl, { ...settings, ...own });
    instances.push(instance);
    return instance;
  };
  return {
    ...(await startInstance()),
    ...{ stack, pool, tokens, token, startInstance },
    api: createApiTables(pool),
    async online(userId) {
      const find = 'SELECT FROM realtime.presence WHERE user_id = $1';
      await until(async () => (await pool.query(find, [userId])).rowCount === 1);
    },
    async stop() {
      await Promise.all(instances.map((each) => each.telemetry.shutdown.run('test')));
      await pool.end();
      await stack.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

function token(userId: string = randomUUID(), deviceId = 'phone'): Promise<string> {
  return tokens.sign({ userId, deviceId, sessionId: randomUUID(), roles: ['customer'] });
}

async function createInstance(databaseUrl: string, own: Partial<Settings>): Promise<Instance> {
  const test = await createTestTelemetry();
  const { telemetry } = test;
  const settings = { ...defaultSettings(databaseUrl), ...own };
  const pool = instrumentPool(createPool('realtime', { databaseUrl, poolSize: 5 }), telemetry);
  telemetry.shutdown.on('close-stores', 'database', () => pool.end());
  const hub = createHub(telemetry);
  const channel = createChannel(telemetry);
  const targets = { pool, telemetry, hub, channel };
  const faults = createRealtimeFaults(targets, true);
  telemetry.shutdown.on('stop-accepting', 'faults', () => faults.clear());
  const app = createApp({ ...targets, databaseUrl, tokens, settings, faults });
  await app.start();
  const address = await servePublic(telemetry, app, { port: 0, bindAddress: '127.0.0.1' });
  const management = await telemetry.startManagement(faultRoutes(faults, telemetry.logger));
  return {
    ...test,
    ...{ hub, faults, address },
    management: `http://${management}`,
    metrics: async () => (await telemetry.renderMetrics()).split('\n'),
    connect: async (userId, deviceId) =>
      connectClient(`ws://${address}/ws`, {
        authorization: `Bearer ${await token(userId, deviceId)}`,
      }),
  };
}

/** The settings as they are without any variable. */
function defaultSettings(databaseUrl: string): Settings {
  const reader = createEnvironmentReader({ DATABASE_URL: databaseUrl });
  return { ...readConfiguration(reader).settings, heartbeatIntervalMs: 1_000 };
}
