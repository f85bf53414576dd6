import { openPool, type Role } from '@watchkeeper/galley';
import { listRoutes } from '@watchkeeper/galley/testing';
import { createTestTokens } from '@watchkeeper/galley/testing/token-keys';
import { createEnvironmentReader, serveHttp } from '@watchkeeper/telemetry';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { createApp } from '../app.ts';
import { readConfiguration } from '../config.ts';
import { createWorkerFaults } from '../faults.ts';
import { startLoops } from '../loops.ts';
import { addSession } from './events.ts';
import { startDatabase } from './test-database.ts';

/** A worker with all that it does, on a database of its own. */
export type RunningWorker = Awaited<ReturnType<typeof startWorker>>;

// Quick, so that a test sees an event die.
const quickRetries = {
  OUTBOX_RETRY_BASE_MS: '20',
  OUTBOX_MAX_ATTEMPTS: '3',
  OUTBOX_POLL_MS: '50',
  WEBHOOK_RETRY_BASE_MS: '20',
  WEBHOOK_MAX_ATTEMPTS: '3',
};

/** Reads the worker's configuration from these variables, as `main.ts` does. */
function configure(environment: Readonly<Record<string, string>>) {
  const reader = createEnvironmentReader({
    TOKEN_KEYS_FILE: '/dev/null',
    ...quickRetries,
    ...environment,
  });
  // A test signs with a key of its own.
  const { readKeys: _, ...configuration } = readConfiguration({
    ...reader,
    text: (name, fallback) => (name === 'TOKEN_KEYS_FILE' ? '' : reader.text(name, fallback)),
  });
  reader.finish();
  return configuration;
}

/** Starts the worker with everything real but the network: a test stops it when it is done. */
export async function startWorker(environment: Readonly<Record<string, string>> = {}) {
  const test = await createTestTelemetry();
  const { telemetry } = test;
  const database = await startDatabase(telemetry.logger);
  const configuration = configure({ DATABASE_URL: database.url, ...environment });
  const pool = openPool('worker', configuration, telemetry);
  const faults = createWorkerFaults(pool, telemetry.logger, true);
  const tokens = createTestTokens();
  const { wakeWebhooks } = startLoops(pool, faults, configuration, telemetry);
  const { privateHosts } = configuration.webhooks;
  const app = createApp({ pool, telemetry, faults, tokens, privateHosts, wakeWebhooks });
  const base = `http://${await serveHttp(telemetry, app, { port: 0, bindAddress: '127.0.0.1' })}`;

  async function authorization(role: Role): Promise<string> {
    const session = await addSession(pool);
    return `Bearer ${await tokens.sign({ ...session, deviceId: 'test', roles: [role] })}`;
  }
  const admin = await authorization('admin');

  return {
    ...test,
    ...{ base, database, pool, faults, authorization },
    /** Every endpoint that it has. */
    routes: listRoutes(app),
    /** Asks as an administrator; an answer without a body reads as nothing. */
    async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { authorization: admin, 'content-type': 'application/json', ...headers },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
      const answer: any = text === '' ? undefined : JSON.parse(text);
      return { status: response.status, body: answer };
    },
    async stop() {
      await telemetry.shutdown.run('test');
      await database.stop();
    },
  };
}
