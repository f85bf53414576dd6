import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Stack, startStack } from '@watchkeeper/stack';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import { startCollectorSink } from '@watchkeeper/testing/collector-sink';
import { createPrometheusClient } from '@watchkeeper/testing/prometheus';
import { readTimings, type Span, type Timing } from './timings.ts';

/** The whole system with traffic whose rate can be set. */
export interface LoadedSystem {
  readonly stack: Stack;
  /** @param visitsPerSecond of new visits; earlier ones continue */
  setRate(visitsPerSecond: number): Promise<void>;
  timings(span: Span): Timing[];
  /** The values of an instant query by the values of those labels. */
  query(expression: string, labels?: readonly string[]): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

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

/** Starts everything, as `npm start` does, on free ports and in a folder of its own. */
export async function startLoadedSystem(visitsPerSecond: number): Promise<LoadedSystem> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'watchkeeper-load-'));
  const file = join(stateFolder, 'timings');
  writeFileSync(file, '');
  const preload = pathToFileURL(join(import.meta.dirname, 'timed-fetch.ts')).href;
  // Without a collector no spans would be recorded, and the cost of telemetry would be missing.
  const sink = findOnPath(['jaeger']) ? undefined : await startCollectorSink();
  const stack = await startStack({
    ...{ stateFolder, ports: 'free', readyTimeoutMs: 180_000 },
    ...(sink ? { otlpEndpoint: sink.url } : {}),
    environment: {
      traffic: {
        ...people,
        TRAFFIC_RATE: String(visitsPerSecond),
        NODE_OPTIONS: `--import ${preload}`,
        TIMINGS_FILE: file,
      },
      // All load comes from one address.
      gateway: { ADDRESS_LIMIT_FACTOR: '10000', USER_LIMIT_FACTOR: '10000' },
      api: { ASSISTANT_QUESTIONS_PER_DAY: '100000' },
    },
  });
  const prometheus = createPrometheusClient(stack.address('prometheus'));
  return {
    stack,
    async setRate(ratePerSecond) {
      const body = JSON.stringify({ ratePerSecond });
      const url = `${stack.address('traffic', 'management')}/rate`;
      const { ok, status } = await fetch(url, { method: 'PUT', body });
      if (!ok) throw new Error(`Expected the traffic to accept the rate, got \`${status}\`.`);
    },
    timings: (span) => readTimings(file, span),
    async query(expression, labels = []) {
      const series = await prometheus.query(expression);
      return new Map(
        series.map(({ metric, value }) => [
          labels.map((label) => metric[label] ?? '').join(' '),
          value,
        ]),
      );
    },
    async stop() {
      await stack.stop();
      sink?.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
