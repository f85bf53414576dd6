import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { type RunningApi, startApi } from './testing/running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi({ poolSize: 2 });
}, 120_000);

afterAll(() => api.stop());

async function put(path: string, body: unknown) {
  const response = await fetch(`${api.management}${path}`, {
    method: 'PUT',
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('pages through the restaurants by name', async () => {
  const names: string[] = [];
  let after = '';
  do {
    const response = await fetch(`${api.base}/api/v1/restaurants?limit=5&after=${after}`);
    const page = (await response.json()) as { items: { name: string }[]; next?: string };
    names.push(...page.items.map(({ name }) => name));
    after = encodeURIComponent(page.next ?? '');
  } while (after !== '');
  expect(names).toHaveLength(12);
  expect(names).toEqual([...new Set(names)].sort());
});

test('never serves metrics on the public port', async () => {
  for (const path of ['/metrics', '/health', '/ready', '/faults']) {
    expect((await fetch(`${api.base}${path}`)).status).toBe(404);
  }
});

test('meters its pool: connections, waiting and statements by kind', async () => {
  const holders = [await api.pool.connect(), await api.pool.connect()];
  const waiting = fetch(`${api.base}/api/v1/restaurants?limit=8`);
  const metrics = async () => (await fetch(`${api.management}/metrics`)).text();
  await waitUntil(async () => (await metrics()).includes('db_connections_waiting 1'));
  const text = await metrics();
  expect(text).toContain('db_connections_max 2');
  expect(text).toContain('db_connections_active 2');
  for (const client of holders) client.release();
  expect((await waiting).status).toBe(200);
  const after = await metrics();
  expect(after).toMatch(/db_queries_total\{operation="select",result="success"\} \d+/);
  expect(after).toMatch(/db_pool_wait_duration_seconds_bucket\{le="0.1"\} \d+/);
  const pools = await (await fetch(`${api.management}/health/pool`)).json();
  expect(pools).toMatchObject({ database: { maxConnections: 2, waitingRequests: 0 } });
});

test('logs a slow statement by its shape and counts it', async () => {
  const count = async () => {
    const text = await api.telemetry.renderMetrics();
    return Number(/^db_slow_queries_total\{operation="select"\} (\d+)/m.exec(text)?.[1] ?? 0);
  };
  // On a busy machine others before it were slow as well.
  const before = await count();
  await api.pool.query("SELECT pg_sleep(0.12), 'secret-value'");
  expect(api.linesOf('slow_query').at(-1)).toMatchObject({
    level: 'warn',
    operation: 'select',
    statement: 'SELECT pg_sleep(?), ?',
  });
  expect(await count()).toBe(before + 1);
});

test('fails fast without its database and recovers', async () => {
  await api.withoutDatabase(async () => {
    // Not asked before, so that no cache can answer.
    const response = await fetch(`${api.base}/api/v1/restaurants?limit=7`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: 'Service Unavailable' });
    expect((await fetch(`${api.management}/ready`)).status).toBe(503);
  });
  expect((await fetch(`${api.base}/api/v1/restaurants`)).status).toBe(200);
  expect((await fetch(`${api.management}/ready`)).status).toBe(200);
}, 60_000);

test('fails requests under their own route until the fault is cleared', async () => {
  expect((await put('/faults', { errors: { share: 1 } })).status).toBe(200);
  expect((await fetch(`${api.base}/api/v1/restaurants`)).status).toBe(500);
  expect(await api.telemetry.renderMetrics()).toContain(
    'http_requests_total{method="GET",route="/api/v1/restaurants",status_code="500"}',
  );
  await fetch(`${api.management}/faults`, { method: 'DELETE' });
  expect((await fetch(`${api.base}/api/v1/restaurants`)).status).toBe(200);
});

test('delays only the paths of the fault', async () => {
  await put('/faults', { latency: { milliseconds: 300, pathPrefix: '/api/v1/orders' } });
  const { headers } = await api.signIn('customer');
  const timeOf = async (path: string) => {
    const startedAt = performance.now();
    await fetch(`${api.base}${path}`, { headers });
    return performance.now() - startedAt;
  };
  expect(await timeOf('/api/v1/orders/17')).toBeGreaterThanOrEqual(295);
  // The fastest of three: a busy machine may hold up any single one.
  let fastestMs = Number.POSITIVE_INFINITY;
  for (const limit of [1, 2, 3]) {
    fastestMs = Math.min(fastestMs, await timeOf(`/api/v1/restaurants?limit=${limit}`));
  }
  expect(fastestMs).toBeLessThan(295);
  await fetch(`${api.management}/faults`, { method: 'DELETE' });
});

test.each([
  [
    { gremlins: {} },
    'Expected a fault of `errors`, `latency`, `heldConnections`, `slowQueries`, `blockedEventLoop`, `memoryGrowth`, `garbage`, `openFiles`, `crash`, `droppedSpans`, `droppedLogLines`, `ledgerImbalance`, `cacheFlush`, `objectStore`, got `gremlins`.',
  ],
  [{ errors: { share: 2 } }, 'errors.share: Too big: expected number to be <=1'],
  [{ latency: {} }, 'latency.milliseconds: Invalid input: expected number, received undefined'],
  [[], 'Expected the body to be a JSON object of faults by name.'],
])('refuses the faults %j', async (faults, message) => {
  const { status, body } = await put('/faults', faults);
  expect(status).toBe(400);
  expect(body.message).toBe(message);
});
