import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Stack, startStack } from '@watchkeeper/stack';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import { startCollectorSink } from '@watchkeeper/testing/collector-sink';
import { readTimings, type Span, type Timing } from './timings.ts';

/** The whole system with customers whose rate can be set. */
export interface LoadedSystem {
  readonly stack: Stack;
  /** @param visitsPerSecond what begins from now on, however the earlier ones fare */
  setRate(visitsPerSecond: number): Promise<void>;
  timings(span: Span): Timing[];
  /** One figure of Prometheus by the values of the labels that are kept; absent is not there. */
  query(expression: string, labels?: readonly string[]): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

// Enough that nobody's wallet, and no courier, is everybody's; they are there after a minute.
const people = {
  TRAFFIC_CUSTOMERS: '80',
  TRAFFIC_COURIERS: '16',
  TRAFFIC_RESTAURANTS: '8',
  TRAFFIC_CONNECTIONS: '80',
  TRAFFIC_SIGN_UPS_PER_SECOND: '5',
  // Nothing is to be held back by who sends it: what is looked for is the limit of the services.
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
  // Without anybody to take spans none would be recorded, and telemetry is to cost what it costs.
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
      // All of the load comes from one address, which is to be no limit.
      gateway: { ADDRESS_LIMIT_FACTOR: '10000', USER_LIMIT_FACTOR: '10000' },
      api: { ASSISTANT_QUESTIONS_PER_DAY: '100000' },
    },
  });
  return {
    stack,
    async setRate(ratePerSecond) {
      const body = JSON.stringify({ ratePerSecond });
      const url = `${stack.address('traffic', 'management')}/rate`;
      const { ok, status } = await fetch(url, { method: 'PUT', body });
      if (!ok) throw new Error(`Expected the traffic to take the rate, got \`${status}\`.`);
    },
    timings: (span) => readTimings(file, span),
    query: (expression, labels = []) => ask(stack.address('prometheus'), expression, labels),
    async stop() {
      await stack.stop();
      sink?.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

async function ask(prometheus: string, query: string, labels: readonly string[]) {
  const response = await fetch(`${prometheus}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await response.json()) as {
    data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (data === undefined) throw new Error(`Expected Prometheus to answer \`${query}\`.`);
  return new Map(
    data.result.map(({ metric, value }) => [
      labels.map((label) => metric[label] ?? '').join(' '),
      Number(value[1]),
    ]),
  );
}
