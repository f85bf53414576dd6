import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, createTokens, faultRoutes, type Role, type Tokens } from '@watchkeeper/galley';
import { startStack } from '@watchkeeper/stack';
import { instrumentPool, serveHttp } from '@watchkeeper/telemetry';
import { createTestTelemetry, type TestTelemetry } from '@watchkeeper/telemetry/testing';
import type { Pool } from 'pg';
import { createApp } from '../app.ts';
import { createApiFaults } from '../faults.ts';
import { migrateApi } from '../schema.ts';

/** A user who is signed in. */
export interface SignedIn {
  readonly userId: string;
  /** `authorization`, for the requests of this user. */
  readonly headers: { readonly authorization: string };
}

/** The api on a PostgreSQL of its own. */
export interface RunningApi extends TestTelemetry {
  /** Of the public server, such as `http://127.0.0.1:40123`. */
  readonly base: string;
  /** Of the management server. */
  readonly management: string;
  readonly pool: Pool;
  /** Signs a new user with this role in. */
  signIn(role: Role): Promise<SignedIn>;
  /** Kills the database as a crash would, and starts it again after `whileDown`. */
  withoutDatabase(whileDown: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the api with everything real but the network: a test stops it when it is done. */
export async function startApi({ poolSize = 10 } = {}): Promise<RunningApi> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'watchkeeper-api-'));
  const stack = await startStack({ stateFolder, ports: 'free', components: ['postgres'] });
  const test = await createTestTelemetry();
  const { telemetry } = test;
  await migrateApi(stack.databaseUrl, telemetry.logger);
  const configuration = { databaseUrl: stack.databaseUrl, poolSize };
  const pool = instrumentPool(createPool('api', configuration), telemetry);
  const faults = createApiFaults(pool, telemetry.logger, true);
  const tokens = createTokens(randomBytes(32));
  const app = createApp({ pool, telemetry, faults, tokens });
  const address = await serveHttp(telemetry, app, { port: 0, bindAddress: '127.0.0.1' });
  const management = await telemetry.startManagement(faultRoutes(faults, telemetry.logger));
  return {
    ...test,
    base: `http://${address}`,
    management: `http://${management}`,
    pool,
    signIn: (role) => signIn(tokens, role),
    async withoutDatabase(whileDown) {
      await stack.halt('postgres');
      await whileDown();
      await stack.resume('postgres');
    },
    async stop() {
      await telemetry.shutdown.run('test');
      await pool.end();
      await stack.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

async function signIn(tokens: Tokens, role: Role): Promise<SignedIn> {
  const caller = { userId: randomUUID(), deviceId: 'test', sessionId: randomUUID(), roles: [role] };
  const token = await tokens.sign(caller);
  return { userId: caller.userId, headers: { authorization: `Bearer ${token}` } };
}
