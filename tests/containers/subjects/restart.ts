import { beforeAll, describe, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import type { Context } from '../context.ts';
import { startTimeoutMs } from '../system.ts';

/** Stored data survive the removal of every container. */
export function describeRestart(context: Context): void {
  const { system, prometheus, loki, jaeger, isInInbox, trace, testWith } = context;
  // By SQL, for it must hold whatever the apps make of the database.
  const sql = (statement: string) =>
    system.docker(
      ...['exec', system.container('postgres'), 'psql', '-qtA'],
      ...['-U', 'galley', '-d', 'galley', '-c', statement],
    );

  describe('after `down` and `up`', () => {
    let before: number;

    beforeAll(async () => {
      before = Date.now() / 1_000;
      await sql('CREATE TABLE public.survivor AS SELECT 42 AS answer');
      await system.down({ removeVolumes: false });
      await system.up();
    }, startTimeoutMs);

    test('the database has its rows', async () => {
      expect(await sql('SELECT answer FROM public.survivor')).toBe('42');
      expect(Number(await sql('SELECT count(*) FROM catalogue.restaurants'))).toBeGreaterThan(0);
    });

    test('Prometheus has the series of before, and the inbox its alerts', async () => {
      const { result } = await prometheus.get<{ result: unknown[] }>('query', {
        query: 'up{job="api"}',
        time: String(before),
      });
      expect(result).not.toHaveLength(0);
      expect(await isInInbox('ServiceDown', 'traffic')).toBe(true);
    });

    testWith(['jaeger'], 'Jaeger has the trace of before', async () => {
      await waitUntil('the trace', async () => (await jaeger.spanCount(trace.id)) > 0);
    });

    testWith(['loki', 'promtail'], 'Loki has its lines, each once', async () => {
      const lines = await waitUntil('its lines', async () => {
        const streams = await loki.query(`{service="api"} | trace_id="${trace.id}"`);
        const found = streams.flatMap(({ values }) => values.map(([, line]) => line));
        return found.length > 0 && found;
      });
      expect(new Set(lines).size).toBe(lines.length);
    });
  });
}
