import { describe, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import type { Context } from '../context.ts';

/** One request is found again as a latency, as a trace and as log lines. */
export function describeSignals({ prometheus, loki, jaeger, trace, testWith }: Context): void {
  async function findExemplar(): Promise<string | undefined> {
    const now = Date.now() / 1_000;
    const found = await prometheus.get<{ exemplars: { labels: { trace_id: string } }[] }[]>(
      'query_exemplars',
      {
        query: 'http_request_duration_seconds_bucket{job="api"}',
        start: String(now - 600),
        end: String(now),
      },
    );
    return found[0]?.exemplars[0]?.labels.trace_id;
  }

  describe('signals', () => {
    test('exemplars lead from a latency to a trace', async () => {
      trace.id = await waitUntil('an exemplar', findExemplar);
      expect(trace.id).toMatch(/^[0-9a-f]{32}$/);
    }, 60_000);

    testWith(['jaeger'], 'Jaeger has that trace', async () => {
      await waitUntil('the trace', async () => (await jaeger.spanCount(trace.id)) > 0);
    });

    testWith(['jaeger'], 'Jaeger counts spans, and its Monitor tab shows them', async () => {
      const operations = await waitUntil(
        'operations of the api',
        async () => {
          const found = await jaeger.monitoredOperations('api');
          return found.length > 0 && found;
        },
        90_000,
      );
      expect(operations).toContain('GET /api/v1/restaurants');
    });

    testWith(['jaeger'], 'Jaeger serves no AI endpoint', async () => {
      expect(await jaeger.status('api/ai/mcp/')).toBe(404);
    });

    testWith(['loki', 'promtail'], 'Loki has its lines, with few labels and its id', async () => {
      const [stream] = await waitUntil('lines of the trace', async () => {
        const found = await loki.query(`{service="api"} | trace_id="${trace.id}"`);
        return found.length > 0 && found;
      });
      expect(stream?.stream).toMatchObject({ service: 'api', environment: 'development' });
      expect(await loki.labels()).toEqual(['environment', 'level', 'service']);
    });
  });
}
