import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  withTemporaryFolder,
  withTemporaryStack,
} from '@watchkeeper/drills/systems/temporary-stack';
import type { Stack } from '@watchkeeper/stack';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import { startCollectorSink } from '@watchkeeper/testing/collector-sink';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import { readTimings, type Span } from './timings.ts';

/** The whole system with traffic whose rate can be set. */
export type LoadedSystem = ReturnType<typeof createLoadedSystem>;

// Enough to spread the load over wallets and couriers; they are signed up after a minute.
const people = {
  TRAFFIC_CUSTOMERS: '80',
  TRAFFIC_COURIERS: '16',
  TRAFFIC_RESTAURANTS: '8',
  TRAFFIC_CONNECTIONS: '80',
  TRAFFIC_SIGN_UPS_PER_SECOND: '5',
  // The limit to be found is that of the services, not of the sender.
  TRAFFIC_MAX_IN_FLIGHT: '10000',
  // A rate is in full effect on all steps of an order after some seconds.
  TRAFFIC_STEP_SECONDS: '1',
};

/** Runs with everything started, as `npm start` does, on free ports and in a folder of its own. */
export function withLoadedSystem(
  visitsPerSecond: number,
  use: (system: LoadedSystem) => Promise<void>,
): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'timings');
    writeFileSync(file, '');
    const preload = pathToFileURL(join(import.meta.dirname, 'timed-fetch.ts')).href;
    // Without a collector no spans would be recorded, and the cost of telemetry would be missing.
    const sink = findOnPath(['jaeger']) ? undefined : await startCollectorSink();
    const environment = {
      traffic: {
        ...people,
        TRAFFIC_RATE: String(visitsPerSecond),
        NODE_OPTIONS: `--import ${preload}`,
        TIMINGS_FILE: file,
      },
      // All load comes from one address.
      gateway: { ADDRESS_LIMIT_FACTOR: '10000', USER_LIMIT_FACTOR: '10000' },
      api: { ASSISTANT_QUESTIONS_PER_DAY: '100000' },
    };
    const options = { environment, ...(sink ? { otlpEndpoint: sink.url } : {}) };
    try {
      await withTemporaryStack(options, (stack) => use(createLoadedSystem(stack, file)));
    } finally {
      await sink?.close();
    }
  });
}

function createLoadedSystem(stack: Stack, file: string) {
  const prometheus = createPrometheusClient(stack.address('prometheus'));
  return {
    stack,
    /** @param ratePerSecond of new visits; earlier ones continue */
    async setRate(ratePerSecond: number): Promise<void> {
      const body = JSON.stringify({ ratePerSecond });
      const { ok, status } = await stack.manage('traffic', '/rate', { method: 'PUT', body });
      if (!ok) throw new Error(`Expected the traffic to accept the rate, got \`${status}\`.`);
    },
    timings: (span: Span) => readTimings(file, span),
    /** The values of an instant query by the values of those labels. */
    async query(expression: string, labels: readonly string[] = []) {
      const series = await prometheus.query(expression);
      const nameOf = (metric: Readonly<Record<string, string>>) =>
        labels.map((label) => metric[label] ?? '').join(' ');
      return new Map(series.map(({ metric, value }) => [nameOf(metric), value]));
    },
  };
}
