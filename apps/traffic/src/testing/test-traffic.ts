import { randomUUID } from 'node:crypto';
import { createEnvironmentReader } from '@watchkeeper/telemetry';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { createApp } from '../app.ts';
import { readConfiguration } from '../config.ts';

/** Running traffic, as a test sees it. */
export type TestTraffic = Awaited<ReturnType<typeof startTraffic>>;

/** Starts the real traffic and its management server on a free port. */
export async function startTraffic(environment: Readonly<Record<string, string>>) {
  const reader = createEnvironmentReader(environment);
  const configuration = readConfiguration(reader);
  reader.finish();
  const { telemetry, lines, linesOf } = await createTestTelemetry();
  const now = () => performance.now();
  const app = createApp({ configuration, telemetry, newId: randomUUID, now });
  telemetry.shutdown.on('stop-accepting', 'schedule', () => app.stop());
  telemetry.shutdown.on('drain', 'visits', () => app.drain(50));
  const management = `http://${await telemetry.startManagement(app.routes)}`;

  return {
    lines,
    linesOf,
    putRate: (body: string) => fetch(`${management}/rate`, { method: 'PUT', body }),
    getRate: async () => (await fetch(`${management}/rate`)).json(),
    /** The value of a series such as `name{label="value"}`, 0 where there is none. */
    async metric(series: string): Promise<number> {
      const text = await (await fetch(`${management}/metrics`)).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
      return Number(line?.slice(series.length) ?? 0);
    },
    stop: () => telemetry.shutdown.run('test ended'),
  };
}

/** Waits until `isTrue`; a test's own timeout ends the waiting. */
export async function waitUntil(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
}
