// The share of requests with a trace, and of log lines that lead to one.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { killStartedProcesses, processTestMs } from '@watchkeeper/testing/started-process';
import { type Collector, startCollector } from './testing/collector.ts';
import { type ServiceProcess, startServiceProcess } from './testing/service-process.ts';

type Line = Record<string, unknown>;

let collector: Collector;

jest.setTimeout(processTestMs);
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await killStartedProcesses();
  collector.close();
});

function start(environment: Record<string, string>): Promise<ServiceProcess> {
  return startServiceProcess({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    SHUTDOWN_DEADLINE_MS: '20000',
    ...environment,
  });
}

// Every outcome of a request: done, slow, failed, matched by no route, refused for its path.
const paths = ['works', 'hello', 'slow', 'fails', 'nowhere', 'hello/%'];

/** Sends `count` requests in batches; resolves to their request ids. */
async function ask({ base }: ServiceProcess, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `r-${index}`);
  for (let begin = 0; begin < count; begin += 30) {
    const crowd = ids.slice(begin, begin + 30).map(async (id, index) => {
      const path = paths[index % paths.length];
      const response = await fetch(`${base}/${path}/${id}`, { headers: { 'x-request-id': id } });
      await response.text();
    });
    await Promise.all(crowd);
  }
  return ids;
}

const linesIn = ({ output }: ServiceProcess): Line[] =>
  output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

/** The line that ends a request: one for each, or this throws. */
function lineOf(lines: readonly Line[], id: string): Line {
  const own = lines.filter(
    ({ event, request_id }) => request_id === id && String(event).startsWith('http_request_'),
  );
  if (own.length !== 1) throw new Error(`Expected one line of request ${id}, got ${own.length}.`);
  return own[0] as Line;
}

const isCollected = ({ trace_id, span_id }: Line): boolean =>
  collector.spans.some(({ traceId, spanId }) => traceId === trace_id && spanId === span_id);

const share = (part: readonly unknown[], whole: readonly unknown[]) => part.length / whole.length;

test('traces every request; every log line of a request links to its trace', async () => {
  const service = await start({});
  const ids = await ask(service, 300);
  // A graceful shutdown flushes all lines and spans.
  expect(await service.stop()).toBe(0);
  const lines = linesIn(service);
  const traced = ids.filter((id) => isCollected(lineOf(lines, id)));
  expect(share(traced, ids)).toBe(1);
  const within = lines.filter(({ request_id }) => request_id !== undefined);
  // The handler of each sixth path writes a line of its own.
  expect(within).toHaveLength(ids.length + ids.length / paths.length);
  expect(share(within.filter(isCollected), within)).toBe(1);
  // Each request has a trace of its own: coverage by one trace for all would be none.
  expect(new Set(within.map(({ trace_id }) => trace_id)).size).toBe(ids.length);
});

test.each([
  ['0', [0, 0]],
  // Three hundred at one in ten are thirty; beyond these bounds once in a hundred million runs.
  ['0.1', [5, 65]],
])(
  'finds errors and slow requests by their line where %s of traces are kept',
  async (ratio, [least = 0, most = 0]) => {
    const service = await start({
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: ratio,
    });
    const ids = await ask(service, 300);
    const metrics = await service.metrics();
    expect(await service.stop()).toBe(0);
    const lines = linesIn(service);
    const all = ids.map((id) => lineOf(lines, id));
    const kept = all.filter(isCollected);
    expect(kept.length).toBeGreaterThanOrEqual(least);
    expect(kept.length).toBeLessThanOrEqual(most);

    const failed = all.filter(({ event }) => event === 'http_request_failed');
    expect(failed).toHaveLength(50);
    for (const line of failed) {
      expect(line).toMatchObject({
        level: 'error',
        route: '/fails/:id',
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        err: { type: 'TypeError', stack: expect.stringContaining('fixture-service.ts') },
      });
    }
    const slow = all.filter(({ duration_ms }) => Number(duration_ms) >= 149);
    expect(slow.filter(({ route }) => route === '/slow/:id')).toHaveLength(50);
    // An exemplar leads somewhere, or it isn't there.
    const exemplars = [...metrics.matchAll(/trace_id="(\w+)"/g)].map(([, id]) => id);
    const collected = new Set(collector.spans.map(({ traceId }) => traceId));
    expect(exemplars.filter((id = '') => !collected.has(id))).toEqual([]);
  },
);
