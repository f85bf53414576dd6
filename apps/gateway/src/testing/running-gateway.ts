import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll } from '@jest/globals';
import { type Role, serveFaults } from '@watchkeeper/galley';
import { createTestTokens, writeTokenKeys } from '@watchkeeper/galley/testing/token-keys';
import { createEnvironmentReader, serveHttp } from '@watchkeeper/telemetry';
import { createTestTelemetry, type TestTelemetry } from '@watchkeeper/telemetry/testing';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { readConfiguration } from '../config.ts';
import { createGatewayFaults } from '../faults.ts';
import { createGateway } from '../gateway.ts';
import type { Routing } from '../routing/schema.ts';
import { type FakeService, startFakeService } from './fake-service.ts';

/** The gateway in front of services that a test scripts. */
export interface RunningGateway extends TestTelemetry {
  /** The public server's base URL, such as `http://127.0.0.1:40123`. */
  readonly base: string;
  readonly management: string;
  readonly api: FakeService;
  readonly realtime: FakeService;
  /** An `Authorization` header of a new user. */
  signIn(role?: Role): Promise<string>;
  /** Moves the clock of the cache. */
  pass(milliseconds: number): void;
  stop(): Promise<void>;
}

/** A test's changes to the defaults. */
export interface GatewayOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly change?: (routing: Routing) => Routing;
}

/** Starts the gateway and signs a user in before the tests of a file, and stops it after them. */
export function useGateway() {
  const running = {} as RunningGateway & { authorization: string };
  beforeAll(async () => {
    const gateway = await startGateway();
    Object.assign(running, gateway, { authorization: await gateway.signIn() });
  });
  afterAll(() => running.stop());
  return running;
}

/** Starts the gateway with its own routes; a test stops it when it is done. */
export async function startGateway({
  environment = {},
  change = (routing) => routing,
}: GatewayOptions = {}): Promise<RunningGateway> {
  const [api, realtime] = await Promise.all([startFakeService(), startFakeService()]);
  const folder = makeTemporaryFolder('gateway');
  const tokens = createTestTokens();
  const configuration = readConfiguration(
    createEnvironmentReader({
      API_URL: api.url,
      API_MANAGEMENT_URL: api.url,
      REALTIME_URL: realtime.url,
      REALTIME_MANAGEMENT_URL: realtime.url,
      WORKER_URL: api.url,
      WORKER_MANAGEMENT_URL: api.url,
      TOKEN_KEYS_FILE: writeTokenKeys(folder, tokens.privateKey).TOKEN_KEYS_FILE,
      ...environment,
    }),
  );
  // Each step ends by itself; on a busy machine it may take a while.
  const test = await createTestTelemetry({ SHUTDOWN_DEADLINE_MS: '60000' });
  const { telemetry } = test;
  const faults = createGatewayFaults(telemetry.logger, true);
  // It stands still, so that no age depends on how busy the machine is.
  let nowMs = Date.now();
  const server = createGateway(
    { ...configuration, routing: change(configuration.routing) },
    telemetry,
    { faults, now: () => nowMs },
  );
  const address = await serveHttp(telemetry, server, { port: 0, bindAddress: '127.0.0.1' });
  const management = await serveFaults(telemetry, faults);
  return {
    ...test,
    base: `http://${address}`,
    management: `http://${management}`,
    api,
    realtime,
    async signIn(role = 'customer') {
      const ids = { userId: randomUUID(), deviceId: 'test', sessionId: randomUUID() };
      return `Bearer ${await tokens.sign({ ...ids, roles: [role] })}`;
    },
    pass: (milliseconds) => {
      nowMs += milliseconds;
    },
    async stop() {
      const isClean = await telemetry.shutdown.run('test');
      await Promise.all([api.stop(), realtime.stop()]);
      rmSync(folder, { recursive: true, force: true });
      // An incomplete shutdown would keep the test process alive.
      if (!isClean) throw new Error(JSON.stringify(test.linesOf('shutdown_step_failed')));
    },
  };
}
