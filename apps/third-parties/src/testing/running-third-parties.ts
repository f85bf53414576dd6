import { listRoutes } from '@watchkeeper/galley/testing';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { startServer } from '@watchkeeper/testing/server';
import { createApp } from '../app.ts';
import { createThirdPartyFaults } from '../faults.ts';

export type RunningThirdParties = Awaited<ReturnType<typeof startThirdParties>>;

export interface ReadAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests know their responses.
  readonly body: any;
}

async function read(response: Response): Promise<ReadAnswer> {
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** Starts the real application on a free port, at 03:00 UTC on 31 January 2026; `stop` ends it. */
export async function startThirdParties() {
  const { telemetry } = await createTestTelemetry();
  const faults = createThirdPartyFaults(telemetry.logger, true);
  const now = () => Date.parse('2026-01-31T03:00:00.000Z');
  const app = createApp({ telemetry, faults, now });
  const { url: origin, close } = await startServer(app);
  return {
    origin,
    faults,
    telemetry,
    /** Every endpoint. */
    routes: listRoutes(app),
    renderMetrics: () => telemetry.renderMetrics(),
    get: (path: string) => fetch(`${origin}${path}`),
    read: async (path: string) => read(await fetch(`${origin}${path}`)),
    send: async (path: string, body: unknown, headers: Record<string, string> = {}) =>
      read(
        await fetch(`${origin}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      ),
    stop: close,
  };
}
