import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { migrateApi } from '@watchkeeper/api/schema';
import { createPool, openPool, serveFaults } from '@watchkeeper/galley';
import { createTestTokens } from '@watchkeeper/galley/testing/token-keys';
import { type Stack, startStack } from '@watchkeeper/stack';
import { createEnvironmentReader } from '@watchkeeper/telemetry';
import { createTestTelemetry, type TestTelemetry } from '@watchkeeper/telemetry/testing';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { SignJWT } from 'jose';
import type { Pool } from 'pg';
import { createApp } from '../app.ts';
import { readSettings, type Settings } from '../config.ts';
import { createHub, type Hub } from '../connections/hub.ts';
import { servePublic } from '../connections/upgrade.ts';
import { createRealtimeFaults, type RealtimeFaults } from '../faults.ts';
import { createChannel } from '../protocol/messages.ts';
import { migrateRealtime } from '../schema.ts';
import { type ApiTables, createApiTables } from './api-tables.ts';
import { connectClient, type TestClient } from './test-client.ts';

export interface Instance extends TestTelemetry {
  readonly hub: Hub;
  readonly faults: RealtimeFaults;
  /** Of the public server, such as `127.0.0.1:40123`. */
  readonly address: string;
  /** Of the management server, with its scheme. */
  readonly management: string;
  /** The value of a series, such as `ws_connections_active`; 0 if there is none. */
  metric(series: string): Promise<number>;
  /** Connects as a user, by the header. */
  connect(userId?: string, deviceId?: string): Promise<TestClient>;
}

/** An instance of realtime on its own PostgreSQL, with the api's tables. */
export interface RunningRealtime extends Instance {
  readonly stack: Stack;
  readonly pool: Pool;
  readonly api: ApiTables;
  /** A token of a new session. */
  token(userId?: string, deviceId?: string): Promise<string>;
  /** A token that expires after some seconds. */
  shortToken(seconds: number): Promise<string>;
  /** Resolves once the user is online in the database. */
  online(userId: string): Promise<void>;
  /** Starts another instance on the same database. */
  startInstance(settings?: Partial<Settings>): Promise<Instance>;
  stop(): Promise<void>;
}

const tokens = createTestTokens();

/** Starts one real instance; the test stops it. */
export async function startRealtime(settings: Partial<Settings> = {}): Promise<RunningRealtime> {
  const stateFolder = makeTemporaryFolder('realtime');
  const stack = await startStack({ stateFolder, ports: 'free', components: ['postgres'] });
  const instances: Instance[] = [];
  const tables = openTables(stack);
  async function stop(): Promise<void> {
    await Promise.all(instances.map((each) => each.telemetry.shutdown.run('test')));
    await stack.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  }
  async function startInstance(own: Partial<Settings> = {}): Promise<Instance> {
    const instance = await createInstance(stack.databaseUrl, tables.token, { ...settings, ...own });
    instances.push(instance);
    return instance;
  }
  try {
    const { telemetry } = await createTestTelemetry();
    await migrateApi(stack.databaseUrl, telemetry.logger);
    await migrateRealtime(stack.databaseUrl, telemetry.logger);
    const first = await startInstance();
    return { ...first, ...tables, stack, startInstance, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The test's own view of the database, and tokens of sessions in it. */
function openTables({ databaseUrl }: Stack) {
  const pool = createPool('test', { databaseUrl, poolSize: 4 });
  // Tests stop the database while the pool is open.
  pool.on('error', () => {});
  const api = createApiTables(pool);
  return {
    pool,
    api,
    async token(userId: string = randomUUID(), deviceId = 'phone'): Promise<string> {
      const sessionId = await api.addSession(userId);
      return tokens.sign({ userId, deviceId, sessionId, roles: ['customer'] });
    },
    async shortToken(seconds: number): Promise<string> {
      const userId = randomUUID();
      const sessionId = await api.addSession(userId);
      return new SignJWT({ device_id: 'phone', sid: sessionId, roles: ['customer'] })
        .setProtectedHeader({ alg: 'EdDSA', kid: tokens.keyId })
        .setIssuer('galley')
        .setAudience('galley')
        .setSubject(userId)
        .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
        .sign(tokens.privateKey);
    },
    async online(userId: string) {
      const find = 'SELECT FROM realtime.presence WHERE user_id = $1';
      await waitUntil(async () => (await pool.query(find, [userId])).rowCount === 1);
    },
  };
}

async function createInstance(
  databaseUrl: string,
  token: RunningRealtime['token'],
  own: Partial<Settings>,
): Promise<Instance> {
  const test = await createTestTelemetry();
  const { telemetry } = test;
  const settings = { ...defaultSettings, ...own };
  const pool = openPool('realtime', { databaseUrl, poolSize: 5 }, telemetry);
  const hub = createHub(telemetry);
  const channel = createChannel(telemetry);
  const targets = { pool, telemetry, hub, channel };
  const faults = createRealtimeFaults(targets, true);
  const app = createApp({ ...targets, databaseUrl, tokens, settings, faults });
  await app.start();
  const address = await servePublic(telemetry, app, { port: 0, bindAddress: '127.0.0.1' });
  const management = await serveFaults(telemetry, faults);
  return {
    ...test,
    ...{ hub, faults, address },
    management: `http://${management}`,
    async metric(series) {
      const lines = (await telemetry.renderMetrics()).split('\n');
      const line = lines.find((each) => each.startsWith(`${series} `));
      return Number(line?.split(' ')[1] ?? 0);
    },
    connect: async (userId, deviceId) =>
      connectClient(`ws://${address}/ws`, {
        authorization: `Bearer ${await token(userId, deviceId)}`,
      }),
  };
}

const defaultSettings = readSettings(createEnvironmentReader({}));
