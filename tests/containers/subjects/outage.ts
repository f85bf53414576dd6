import { beforeAll, describe, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import type { Context } from '../context.ts';

// A rule holds for a minute, after which a group waits, is sent and is written down.
const timeoutMs = 140_000;
// Well over one in two seconds in the five minutes that the rule looks at.
const errorLineCount = 400;

/** Alerts of Prometheus and of Loki's ruler arrive in the inbox. */
export function describeOutage({ system, isInInbox, testWith }: Context): void {
  describe('an outage', () => {
    beforeAll(async () => {
      await system.docker('stop', '-t', '5', system.container('traffic'));
      // In a service's name that no one else has; both rules then need the same minute.
      const line = (index: number) =>
        JSON.stringify({
          ...{ time: new Date().toISOString(), level: 'error', service: 'probe' },
          ...{ environment: 'development', event: 'probe_failed', msg: `failed ${index}` },
        });
      const lines = Array.from({ length: errorLineCount }, (_, index) => line(index)).join('\n');
      await system.docker(
        ...['exec', system.container('third-parties'), 'sh', '-c'],
        `mkdir -p /var/log/galley/probe && echo '${lines}' >> /var/log/galley/probe/probe.log`,
      );
    }, 60_000);

    async function arrives(alertname: string, job: string): Promise<void> {
      await waitUntil(`${alertname} of ${job}`, () => isInInbox(alertname, job), timeoutMs);
    }

    test('reaches the inbox', () => arrives('ServiceDown', 'traffic'), timeoutMs + 10_000);

    testWith(['loki', 'promtail'], 'reaches it from the log lines as well', () =>
      arrives('ErrorLogSurge', 'probe'),
    );
  });
}
