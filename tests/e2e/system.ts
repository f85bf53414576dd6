import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { appNames, type Stack, startStack } from '@watchkeeper/stack';
import { createPrometheusClient, type PrometheusClient } from '@watchkeeper/testing/prometheus';
import { makeTemporaryFolder } from '@watchkeeper/testing/temporary-folder';
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.ts';

/** An alert as the inbox answers it. */
interface InboxAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string | null;
}

/** The whole system under test, with a collector of the test's own. */
export interface System {
  readonly stack: Stack;
  readonly prometheus: PrometheusClient;
  readonly otlp: OtlpReceiver;
  /** The inbox's entries of an alert of the api. */
  inbox(alertname: string): Promise<InboxAlert[]>;
  setFaults(faults: unknown): Promise<void>;
  clearFaults(): Promise<void>;
  /** Every line that an app has written to its log file so far, parsed. */
  logLines(app: string): Record<string, unknown>[];
  stop(): Promise<void>;
}

// Five-second scrapes become a half, the two-minute window twelve seconds.
const timeFactor = 10;

/** Starts everything natively on free ports, with time compressed. */
export async function startSystem(): Promise<System> {
  const stateFolder = makeTemporaryFolder('e2e');
  const otlp = await startOtlpReceiver();
  const tracing = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '200' };
  const stack = await startStack({
    stateFolder,
    ports: 'free',
    timeFactor,
    otlpEndpoint: otlp.endpoint,
    environment: {
      ...Object.fromEntries(appNames.map((name) => [name, tracing])),
      // A minute holds what otherwise ten do: uploads, questions, declined cards.
      traffic: { ...tracing, TRAFFIC_RATE: '5', TRAFFIC_SEED: '1', TRAFFIC_RARE_FACTOR: '10' },
    },
  });
  return {
    stack,
    otlp,
    prometheus: createPrometheusClient(stack.address('prometheus')),
    async inbox(alertname) {
      const response = await fetch(
        `${stack.address('oncall')}/api/v1/alerts?alertname=${alertname}`,
      );
      const { alerts } = (await response.json()) as { alerts: InboxAlert[] };
      return alerts.filter(({ labels }) => labels.job === 'api');
    },
    async setFaults(settings) {
      const body = JSON.stringify({ origin: 'drill', ...(settings as object) });
      const response = await stack.manage('api', '/faults', { method: 'PUT', body });
      if (!response.ok) throw new Error(await response.text());
    },
    async clearFaults() {
      await stack.manage('api', '/faults', { method: 'DELETE' });
    },
    logLines: (app) => readLines(join(stack.folder.logs, app)),
    async stop() {
      await stack.stop();
      otlp.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

function readLines(folder: string): Record<string, unknown>[] {
  return readdirSync(folder)
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
