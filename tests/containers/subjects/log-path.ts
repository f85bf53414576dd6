import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import type { Context } from '../context.ts';

const pushed = 'pushed';
const requestCount = 100;

/** Every line arrives once, by either path. */
export function describeLogPath({ system, loki, testWith }: Context): void {
  const { docker, container } = system;

  async function arrives(service: string, written: number, until: number): Promise<void> {
    await waitUntil(
      `every one of ${written} lines`,
      async () => (await loki.count(service, until)) >= written,
      90_000,
    );
    expect(await loki.count(service, until)).toBe(written);
  }

  async function countInFiles(service: string): Promise<number> {
    const count = `cat /var/log/galley/${service}/*.log | wc -l`;
    return Number(await docker('exec', container('oncall'), 'sh', '-c', count));
  }

  describe('the log path', () => {
    testWith(['loki', 'promtail'], 'loses and doubles no line while Loki is away', async () => {
      await docker('stop', container('loki'));
      const before = await countInFiles('api');
      await waitUntil(
        'lines that Loki misses',
        async () => (await countInFiles('api')) > before + 20,
        60_000,
      );
      await docker('stop', container('api'));
      // Its last line is written: the number of lines until now is final.
      const until = Math.ceil(Date.now() / 1_000);
      await docker('start', container('loki'));
      const written = await countInFiles('api');
      await sleep(1_000);
      await docker('start', container('api'));
      await arrives('api', written, until);
    });

    testWith(['loki'], 'is one push per line where LOG_SHIPPING says so', async () => {
      const name = container(pushed);
      // An app of the same image with the other path; without the volume that holds the files.
      await docker(
        ...['run', '-d', '--name', name, '--network', system.network('observability')],
        ...['-e', `OTEL_SERVICE_NAME=${pushed}`, '-e', 'LOG_SHIPPING=push'],
        ...['-e', 'OTEL_EXPORTER_OTLP_ENDPOINT=http://jaeger:4318'],
        ...['-e', 'LOKI_URL=http://loki:3100', '-e', 'LOG_FILE=/tmp/lines/pushed.log'],
        ...['-e', 'INBOX_FILE=/tmp/inbox.jsonl', '-w', '/galley/apps/oncall'],
        system.model.services.oncall?.image ?? '',
      );
      try {
        const shell = (command: string) => docker('exec', name, 'sh', '-c', command);
        const ask = 'wget -q -O /dev/null http://127.0.0.1:8025/api/v1/alerts';
        await waitUntil('an answer', () => shell(ask).then(() => true));
        await shell(`for i in $(seq ${requestCount}); do ${ask}; done`);
        expect(await shell('ls /tmp/lines 2>/dev/null || true')).toBe('');
        await docker('stop', name);
        const written = (await docker('logs', name)).split('\n').length;
        expect(written).toBeGreaterThan(requestCount);
        await arrives(pushed, written, Math.ceil(Date.now() / 1_000));
      } finally {
        await docker('rm', '-f', name);
      }
    });

    testWith(['loki'], 'ends in rules that Loki evaluates', async () => {
      await waitUntil(
        'healthy rules',
        async () => {
          const rules = await loki.rules();
          return rules.length > 0 && rules.every(({ health }) => health === 'ok');
        },
        90_000,
      );
    });
  });
}
