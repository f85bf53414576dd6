import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitForTrafficAccounts } from '@watchkeeper/drills/systems/traffic-accounts';
import { appNames, startStack } from '@watchkeeper/stack';

/** What the management server of an app answered. */
export interface Recording {
  readonly app: string;
  readonly text: string;
  readonly contentType: string;
  readonly recordedAtMs: number;
}

/** Runs Galley under its usual traffic for a while, and takes what each app says on `/metrics`. */
export async function recordMetrics(seconds: number): Promise<Recording[]> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'watchkeeper-record-'));
  const stack = await startStack({
    ...{ stateFolder, ports: 'free', readyTimeoutMs: 180_000 },
    components: ['postgres', ...appNames],
    // Everybody signs up at once, so that soon every route has been asked for.
    environment: { traffic: { TRAFFIC_SIGN_UPS_PER_SECOND: '5' } },
  });
  try {
    await waitForTrafficAccounts(stack);
    await sleep(seconds * 1_000);
    return await Promise.all(
      appNames.map(async (app) => {
        const response = await fetch(`${stack.address(app, 'management')}/metrics`);
        const contentType = response.headers.get('content-type') ?? '';
        return { app, text: await response.text(), contentType, recordedAtMs: Date.now() };
      }),
    );
  } finally {
    await stack.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  }
}
