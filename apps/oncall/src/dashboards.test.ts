import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeFolder, startInbox, type TestInbox } from './testing/test-inbox.ts';

const dashboardsFolder = fileURLToPath(
  new URL('../../../monitoring/grafana/dashboards', import.meta.url),
);

let folder: Awaited<ReturnType<typeof makeFolder>>;
let app: TestInbox;
let backend: Server;
/** Requests to Prometheus and Loki. */
const received: string[] = [];
let answer: { status: number; body: string };

beforeAll(async () => {
  backend = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`);
    response.statusCode = answer.status;
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  folder = await makeFolder();
  app = await startInbox(folder.file, {
    DASHBOARDS_FOLDER: dashboardsFolder,
    PROMETHEUS_QUERY_URL: url,
    LOKI_QUERY_URL: `${url}/`,
    JAEGER_URL: 'http://localhost:16686',
  });
}, 30_000);

afterAll(async () => {
  await app.stop();
  backend.close();
  await folder.remove();
});

beforeEach(() => {
  received.length = 0;
  answer = { status: 200, body: '{"status":"success","data":{"resultType":"vector","result":[]}}' };
});

describe('the dashboard pages', () => {
  test('list every dashboard, the home first', async () => {
    const page = await (await app.get('/dashboards')).text();
    const uids = [...page.matchAll(/href="\/dashboards\/([a-z]+)"/g)].map(([, uid]) => uid);
    const files = readdirSync(dashboardsFolder).map((file) => file.replace('.json', ''));
    expect(uids.toSorted()).toEqual(files.sort());
    expect(uids[0]).toBe('overview');
  });

  test('load only their own scripts and have no inline script', async () => {
    const response = await app.get('/dashboards/http');
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain('unsafe');
    const page = await response.text();
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
    for (const [, address] of page.matchAll(/(?:src|href)="([^"]+)"/g))
      expect(address).toMatch(/^[/#]/);
    expect(page).toContain('data-jaeger="http://localhost:16686"');
  });

  test('return the generated model', async () => {
    const model = await (await app.get('/dashboards/http/model')).json();
    expect(model).toMatchObject({ uid: 'http', schemaVersion: 42 });
  });

  test.each(['client/main.ts', 'model/units.ts', 'uplot.js'])(
    'return %s as JavaScript',
    async (file) => {
      const response = await app.get(`/dashboards/assets/${file}`);
      expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
      const text = await response.text();
      expect(text).not.toMatch(/^import type .*;|: readonly |from 'uplot'/m);
    },
  );

  test("redirect Grafana's addresses", async () => {
    const response = await fetch(`${app.origin}/d/http/http?var-job=api`, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/dashboards/http?var-job=api');
  });

  test.each([
    '/dashboards/none',
    '/dashboards/none/model',
    '/dashboards/..%2f..%2fpackage',
    '/dashboards/%2e%2e%2foverview/model',
    '/dashboards/assets/client/main.test.ts',
    '/dashboards/assets/..%2froutes.ts',
    '/d/none',
  ])('respond with 404 to %s', async (path) => expect((await app.get(path)).status).toBe(404));
});

describe('the data routes', () => {
  const data = (path: string, headers = {}) =>
    fetch(`${app.origin}/dashboards/data/${path}`, { headers });

  test.each([
    ['prometheus/query?query=up&time=1', '/api/v1/query?query=up&time=1&timeout=12s'],
    [
      'prometheus/query_range?query=up&start=0&end=60&step=15',
      '/api/v1/query_range?query=up&start=0&end=60&step=15&timeout=12s',
    ],
    [
      'prometheus/query_exemplars?query=up&start=0&end=60',
      '/api/v1/query_exemplars?query=up&start=0&end=60',
    ],
    [
      'prometheus/label_values?label=job&match=up&start=0&end=60',
      '/api/v1/label/job/values?start=0&end=60&match%5B%5D=up',
    ],
    [
      'loki/query_range?query=%7Ba%3D%22b%22%7D&start=0&end=60&limit=100&direction=backward',
      '/loki/api/v1/query_range?query=%7Ba%3D%22b%22%7D&start=0&end=60&limit=100&direction=backward',
    ],
  ])('forward %s', async (path, upstream) => {
    const response = await data(path);
    expect([response.status, await response.text()]).toEqual([200, answer.body]);
    expect(received).toEqual([`GET ${upstream}`]);
  });

  test.each([
    ['prometheus/admin', 404],
    ['prometheus/..%2fadmin%2ftsdb%2fdelete_series', 404],
    ['prometheus/constructor', 404],
    ['jaeger/query?query=x&time=1', 404],
    ['prometheus/query?time=1', 400],
    ['prometheus/query?query=up&time=1&timeout=1h', 400],
    ['prometheus/query?query=up&query=down&time=1', 400],
    [`prometheus/query?time=1&query=${'a'.repeat(8_001)}`, 400],
    ['prometheus/query_range?query=up&start=0&end=100000&step=1', 400],
    ['prometheus/query_range?query=up&start=60&end=0&step=15', 400],
    ['prometheus/query_range?query=up&start=0&end=60', 400],
    ['prometheus/label_values?label=..%2F..&start=0&end=60', 400],
    ['loki/query_range?query=x&start=0&end=60&limit=100000', 400],
    ['loki/push', 404],
  ])('refuse %s', async (path, status) => {
    const response = await data(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ status: 'error', error: expect.any(String) });
    expect(received).toEqual([]);
  });

  test('are read-only', async () => {
    const path = `${app.origin}/dashboards/data/prometheus/query?query=up&time=1`;
    expect((await fetch(path, { method: 'POST' })).status).toBe(404);
    expect(received).toEqual([]);
  });

  test('reject cross-site requests', async () => {
    const path = 'prometheus/query?query=up&time=1';
    expect((await data(path, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await data(path, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await data(path, { origin: 'https://attacker.example' })).status).toBe(403);
    expect((await data(path, { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  test("return the data source's error as text", async () => {
    answer = { status: 400, body: '{"status":"error","error":"<b>1:1: parse error</b>"}' };
    const response = await data('prometheus/query?query=%28&time=1');
    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const { error } = (await response.json()) as { error: string };
    expect(error).toBe('Prometheus rejected the query: <b>1:1: parse error</b>');
  });

  test('limit the size of a response', async () => {
    answer = { status: 200, body: 'x'.repeat(9 * 1024 * 1024) };
    const response = await data('prometheus/query?query=up&time=1');
    expect(response.status).toBe(502);
  });

  test('have their own metric and are not counted as requests', async () => {
    await data('prometheus/query?query=up&time=1');
    const metrics = await app.renderMetrics();
    expect(metrics).toMatch(/dashboard_queries_total\{[^}]*source="prometheus"[^}]*\} \d/);
    expect(metrics).not.toContain('/dashboards/data');
  });
});
