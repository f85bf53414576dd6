import { setTimeout as sleep } from 'node:timers/promises';
import { withTemporaryStack } from '@watchkeeper/drills/systems/temporary-stack';
import { waitForTrafficAccounts } from '@watchkeeper/drills/systems/traffic-accounts';
import { appNames } from '@watchkeeper/stack';

/** The response of an app's `/metrics`. */
export type Recording = Awaited<ReturnType<typeof recordMetrics>>[number];

/** Runs Galley under its usual traffic for some seconds and reads the metrics of each app. */
export async function recordMetrics(seconds: number) {
  return withTemporaryStack(
    {
      components: ['postgres', ...appNames],
      // Everybody signs up at once, so that every route soon has had a request.
      environment: { traffic: { TRAFFIC_SIGN_UPS_PER_SECOND: '5' } },
    },
    async (stack) => {
      await waitForTrafficAccounts(stack);
      await sleep(seconds * 1_000);
      return Promise.all(
        appNames.map(async (app) => {
          const response = await stack.manage(app, '/metrics');
          const contentType = response.headers.get('content-type') ?? '';
          return { app, text: await response.text(), contentType, recordedAtMs: Date.now() };
        }),
      );
    },
  );
}
