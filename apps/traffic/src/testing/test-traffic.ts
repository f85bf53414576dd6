import { randomUUID } from 'node:crypto';
import { createEnvironmentReader } from '@watchkeeper/telemetry';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { createApp } from '../app.ts';
import { readConfiguration } from '../config.ts';
import type { FakeGalley } from './fake-galley.ts';

export type TestTraffic = Awaited<ReturnType<typeof startTraffic>>;

/** Starts the real traffic against a fake, with its management server on a free port. */
export async function startTraffic(
  { url }: Pick<FakeGalley, 'url'>,
  environment: Readonly<Record<string, string>> = {},
) {
  const few = { TRAFFIC_CUSTOMERS: '4', TRAFFIC_COURIERS: '2', TRAFFIC_RESTAURANTS: '1' };
  const quick = { TRAFFIC_SIGN_UPS_PER_SECOND: '100', TRAFFIC_STEP_SECONDS: '0.01' };
  // Requests must not time out on a machine that is busy with other tests.
  const patient = { TRAFFIC_TIMEOUT_MS: '60000' };
  const target = { TARGET_URL: url, SMS_INBOX_URL: url, FAULTS_ENABLED: 'true' };
  const reader = createEnvironmentReader({
    ...target,
    ...few,
    ...quick,
    ...patient,
    ...environment,
  });
  const configuration = readConfiguration(reader);
  reader.finish();
  const { telemetry, lines, linesOf } = await createTestTelemetry();
  const now = () => performance.now();
  const app = createApp({ configuration, telemetry, newId: randomUUID, now });
  telemetry.shutdown.on('stop-accepting', 'schedule', () => app.stop());
  telemetry.shutdown.on('drain', 'visits', () => app.drain(50));
  const management = `http://${await telemetry.startManagement(app.routes)}`;
  const put = (path: string, body: string) =>
    fetch(`${management}${path}`, { method: 'PUT', body });

  return {
    ...{ lines, linesOf, configuration },
    accounts: app.population.accounts,
    putRate: (body: string) => put('/rate', body),
    getRate: async () => (await fetch(`${management}/rate`)).json(),
    setFaults: (faults: object) => put('/faults', JSON.stringify(faults)),
    clearFaults: () => fetch(`${management}/faults`, { method: 'DELETE' }),
    /** The sum of all series with that prefix, 0 if there is none. */
    async metric(prefix: string): Promise<number> {
      const text = await (await fetch(`${management}/metrics`)).text();
      const found = text.split('\n').filter((line) => line.startsWith(prefix));
      return found.reduce((sum, line) => sum + Number(line.split(' ').at(1)), 0);
    },
    stop: () => telemetry.shutdown.run('test ended'),
  };
}
