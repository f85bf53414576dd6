import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import {
  createTokenSigner,
  createTokenVerifier,
  openPool,
  type Role,
  serveFaults,
  type TokenSigner,
  withTransaction,
} from '@watchkeeper/galley';
import { listRoutes, type RouteOfApp } from '@watchkeeper/galley/testing';
import { writeTokenKeys } from '@watchkeeper/galley/testing/token-keys';
import { startStack } from '@watchkeeper/stack';
import { createEnvironmentReader, serveHttp } from '@watchkeeper/telemetry';
import { createTestTelemetry, type TestTelemetry } from '@watchkeeper/telemetry/testing';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import type { Pool } from 'pg';
import { insertSession } from '../accounts/session-store.ts';
import { insertAccount } from '../accounts/user-store.ts';
import { createApp } from '../app.ts';
import { type Configuration, readConfiguration } from '../config.ts';
import { createApiFaults } from '../faults.ts';
import { createRestaurantCache } from '../restaurants/cached-store.ts';
import { migrateApi } from '../schema.ts';

/** A user who is signed in. */
export interface SignedIn {
  readonly userId: string;
  /** `authorization`, for the requests of this user. */
  readonly headers: { readonly authorization: string };
}

/** The api on a PostgreSQL of its own. */
export interface RunningApi extends TestTelemetry {
  /** The public server's base URL, such as `http://127.0.0.1:40123`. */
  readonly base: string;
  /** The management server's base URL. */
  readonly management: string;
  readonly pool: Pool;
  /** Every endpoint that it has. */
  readonly routes: readonly RouteOfApp[];
  /** Signs a new user with this role in. */
  signIn(role: Role): Promise<SignedIn>;
  /** Grants a user these restaurants, or all. */
  employ(user: SignedIn, restaurantIds?: readonly string[]): Promise<void>;
  /** Kills the database as a crash would, and starts it again after `whileDown`. */
  withoutDatabase(whileDown: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** A test's changes to the defaults. */
export interface ApiOptions {
  readonly poolSize?: number;
  /** Environment variables besides the database's address. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts the api with everything real but the network: a test stops it when it is done. */
export async function startApi({
  poolSize = 10,
  environment = {},
}: ApiOptions = {}): Promise<RunningApi> {
  const stateFolder = makeTemporaryFolder('api');
  const stack = await startStack({ stateFolder, ports: 'free', components: ['postgres'] });
  const test = await createTestTelemetry();
  const { telemetry } = test;
  await migrateApi(stack.databaseUrl, telemetry.logger);
  const configuration = configure({
    ...writeTokenKeys(stateFolder),
    DATABASE_URL: stack.databaseUrl,
    DATABASE_POOL_SIZE: String(poolSize),
    ...environment,
  });
  const pool = openPool('api', configuration, telemetry);
  const restaurantCache = createRestaurantCache(telemetry);
  const faults = createApiFaults(pool, telemetry.logger, restaurantCache, true);
  const { signingKey, readKeys } = configuration;
  const tokens = { ...createTokenSigner(signingKey), ...createTokenVerifier(readKeys) };
  const app = createApp({ pool, telemetry, faults, tokens, restaurantCache, configuration });
  const address = await serveHttp(telemetry, app, { port: 0, bindAddress: '127.0.0.1' });
  const management = await serveFaults(telemetry, faults);
  return {
    ...test,
    base: `http://${address}`,
    management: `http://${management}`,
    pool,
    routes: listRoutes(app),
    signIn: (role) => signIn({ pool, tokens }, role),
    async employ({ userId }, restaurantIds) {
      await pool.query(
        `INSERT INTO accounts.restaurant_staff (user_id, restaurant_id)
         SELECT $1, id FROM catalogue.restaurants WHERE $2::uuid[] IS NULL OR id = ANY($2)`,
        [userId, restaurantIds],
      );
    },
    async withoutDatabase(whileDown) {
      await stack.halt('postgres');
      await whileDown();
      await stack.resume('postgres');
    },
    async stop() {
      await telemetry.shutdown.run('test');
      await stack.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

function configure(environment: Readonly<Record<string, string>>): Configuration {
  // The least costs that are allowed: a test makes many users.
  const cheap = { ARGON2_MEMORY_KIB: '19456', ARGON2_ITERATIONS: '2', ARGON2_PARALLELISM: '1' };
  const reader = createEnvironmentReader({ ...cheap, ...environment });
  const configuration = readConfiguration(reader);
  reader.finish();
  return configuration;
}

// No password matches: salt and key are zeros.
const unmatchableHash = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Bypasses the routes, which would hash a password each time. */
async function signIn(
  { pool, tokens }: { pool: Pool; tokens: TokenSigner },
  role: Role,
): Promise<SignedIn> {
  const phone = `+1415555${String(randomInt(10_000)).padStart(4, '0')}${randomInt(1_000_000)}`;
  const user = { phone, passwordHash: unmatchableHash, role, displayName: role, location: {} };
  const device = { deviceId: 'test' };
  const { userId, sessionId } = await withTransaction(pool, async (client) => {
    const userId = await insertAccount(client, user);
    if (userId === undefined) throw new Error('Expected the number to be free.');
    const limits = { maxSessions: 10, maxDays: 30 };
    return { userId, sessionId: await insertSession(client, userId, { device, ...limits }) };
  });
  const token = await tokens.sign({ ...device, userId, sessionId, roles: [role] });
  return { userId, headers: { authorization: `Bearer ${token}` } };
}
