import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { alert, notification } from '../testing/notifications.ts';
import { makeFolder, startInbox, type TestInbox } from '../testing/test-inbox.ts';

const alertPath = '/alerts/3b15fd163d36582e-1769827800000';
const runbook = `# HighErrorRate

1. Which?

   \`\`\`promql expect="> 0"
   sum by (route) (rate(http_requests_total{job="$job"}[2m]))
   \`\`\`

   \`\`\`logql
   {service="$job"} |= "error"
   \`\`\`

   \`\`\`logql
   sum(rate({service="$job"}[5m]))
   \`\`\`

   \`\`\`bash
   rm -rf /
   \`\`\`

See [Other](Other.md).
`;

interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
}

let folder: Awaited<ReturnType<typeof makeFolder>>;
let app: TestInbox;
let backend: Server;
let received: ReceivedRequest[];
let answer: { status: number; body: string };

beforeEach(async () => {
  folder = await makeFolder();
  const runbooks = join(dirname(folder.file), 'runbooks');
  await mkdir(runbooks);
  await writeFile(join(runbooks, 'HighErrorRate.md'), runbook);
  await writeFile(join(runbooks, 'Other.md'), '# Other\n');
  await writeFile(join(runbooks, '_template.md'), '# Template\n');
  received = [];
  answer = { status: 200, body: '{}' };
  backend = createServer((request, response) => {
    received.push({
      method: request.method ?? '',
      url: new URL(request.url ?? '', 'http://backend'),
    });
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  app = await startInbox(folder.file, {
    RUNBOOKS_FOLDER: runbooks,
    PROMETHEUS_QUERY_URL: `${address}/prometheus/`,
    LOKI_QUERY_URL: address,
  });
  await app.post(notification(alert()));
});

afterEach(async () => {
  await app.stop();
  backend.closeAllConnections();
  backend.close();
  await folder.remove();
});

async function read(path: string): Promise<{ status: number; page: string }> {
  const response = await app.get(path);
  return { status: response.status, page: await response.text() };
}

const vector = (...result: object[]) =>
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });

test('shows an alert with its runbook beside it, its labels filled in', async () => {
  const { status, page } = await read(alertPath);
  expect(status).toBe(200);
  expect(page).toContain('<h1>HighErrorRate</h1>');
  expect(page).toContain('rate(http_requests_total{job=&quot;api&quot;}[2m])');
  expect(page).toContain(`href="${alertPath}/runbooks/HighErrorRate/queries/1"`);
  expect(page).toContain(`href="${alertPath}/runbooks/Other"`);
});

test('shows another runbook beside the same alert', async () => {
  const { page } = await read(`${alertPath}/runbooks/Other`);
  expect(page).toContain('<h1>HighErrorRate</h1>');
  expect(page).toContain('<h2 id="runbook-other">Other</h2>');
});

test("finds the runbook by the rule's `runbook_url`", async () => {
  const annotations = { runbook_url: 'https://example.org/runbooks/Other.md#top' };
  await app.post(notification(alert({ fingerprint: 'linked', annotations })));
  expect((await read('/alerts/linked-1769827800000')).page).toContain('id="runbook-other"');
});

test('explains that an alert has no runbook', async () => {
  const labels = { alertname: '<b>Strange' };
  await app.post(notification(alert({ fingerprint: 'strange', labels })));
  const { status, page } = await read('/alerts/strange-1769827800000');
  expect(status).toBe(200);
  expect(page).toContain('The runbooks folder has no <code>&lt;b&gt;Strange.md</code>');
});

test('shows a runbook alone, with links to its firing alerts', async () => {
  const { page } = await read('/runbooks/HighErrorRate.md');
  expect(page).toContain('<h1 id="runbook-higherrorrate">HighErrorRate</h1>');
  expect(page).toContain(`<a href="${alertPath}">api</a> for 10 min`);
  expect(page).toContain('Open it from an alert');
});

test.each(['Unknown', '..%2FREADME', '_template', '%2Fetc%2Fpasswd', 'a%00b'])(
  'has no runbook %s',
  async (name) => {
    for (const base of ['/runbooks', `${alertPath}/runbooks`]) {
      const { status, page } = await read(`${base}/${name}`);
      const message = `Unknown runbook \`${decodeURIComponent(name)}\`.`;
      expect([status, JSON.parse(page)]).toMatchObject([404, { message }]);
    }
  },
);

test.each([
  ['/alerts/unknown-1', 'Unknown alert `unknown-1`; it may have left the inbox.'],
  [`${alertPath}/runbooks/HighErrorRate/queries/4`, 'This runbook has no query `4`.'],
  [`${alertPath}/runbooks/HighErrorRate/queries/0x1`, 'This runbook has no query `0x1`.'],
])('responds with 404 to %s', async (path, message) => {
  const { status, page } = await read(path);
  expect([status, JSON.parse(page)]).toMatchObject([404, { message }]);
  expect(received).toEqual([]);
});

const query = (index: number) => read(`${alertPath}/runbooks/HighErrorRate/queries/${index}`);

test('runs a query with the labels of the alert, by GET only', async () => {
  answer.body = vector(
    { metric: { __name__: 'x', route: '/<b>' }, value: [1, '0.123456789'] },
    { metric: { job: 'api' }, value: [1, '12345678'] },
  );
  const { status, page } = await query(1);
  expect(status).toBe(200);
  expect(received.map(({ method }) => method)).toEqual(['GET']);
  expect(received[0]?.url.pathname).toBe('/prometheus/api/v1/query');
  expect(received[0]?.url.searchParams.get('query')).toBe(
    'sum by (route) (rate(http_requests_total{job="api"}[2m]))',
  );
  const cells = [...page.matchAll(/<t[hd](?: [^>]*)?>(.*?)<\/t[hd]>/g)].map(([, text]) => text);
  expect(cells).toEqual([
    ...['metric', 'route', 'job', 'value'],
    ...['x', '/&lt;b&gt;', '', '0.123457'],
    ...['', '', 'api', '12345678'],
  ]);
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const path = `${app.origin}${alertPath}/runbooks/HighErrorRate/queries/1`;
    expect((await fetch(path, { method })).status).toBe(404);
  }
  expect(received).toHaveLength(1);
  expect(await app.renderMetrics()).toContain(
    'inbox_runbook_queries_total{type="promql",result="success"} 1',
  );
});

test('queries Loki over an hour for lines, and instantly for numbers', async () => {
  const values = [
    ['1769828400000000000', '{"msg":"<script>"}'],
    ['1769828401000000000', 'later'],
  ];
  const stream = { resultType: 'streams', result: [{ stream: {}, values }] };
  answer.body = JSON.stringify({ status: 'success', data: stream });
  const { page } = await query(2);
  expect(page).toMatch(/03:00:01\.000<\/td><td>later[\s\S]*&lt;script&gt;/);
  answer.body = vector();
  expect((await query(3)).page).toContain('No results.');
  expect(received.map(({ url }) => [url.pathname, url.searchParams.get('since')])).toEqual([
    ['/loki/api/v1/query_range', '1h'],
    ['/loki/api/v1/query', null],
  ]);
});

test('never lets a label change the syntax of a query', async () => {
  const labels = { alertname: 'HighErrorRate', job: '"} or vector(1) or up{a="' };
  await app.post(notification(alert({ fingerprint: 'hostile', labels })));
  answer.body = vector();
  await read('/alerts/hostile-1769827800000/runbooks/HighErrorRate/queries/1');
  expect(received[0]?.url.searchParams.get('query')).toContain(
    '{job="\\"} or vector(1) or up{a=\\""}',
  );
});

test('shows fifty rows and the number of hidden ones', async () => {
  const series = Array.from({ length: 60 }, (_, index) => ({
    metric: { n: String(index) },
    value: [1, '1'],
  }));
  answer.body = vector(...series);
  const { page } = await query(1);
  expect(page.match(/<tr><td>/g)).toHaveLength(50);
  expect(page).toContain('10 more rows not shown.');
});

test.each([
  [
    400,
    '{"status":"error","error":"parse <error>"}',
    422,
    'Prometheus rejected the query: parse &lt;error&gt;',
  ],
  [500, 'no json', 422, 'Prometheus rejected the query: no json'],
  [200, '<html>', 502, 'Prometheus did not return a query result.'],
  [200, `"${'x'.repeat(5_000_000)}"`, 502, 'Prometheus returned more than 4 MiB.'],
])('explains the response %i %.20j', async (status, body, expected, text) => {
  answer = { status, body };
  const result = await query(1);
  expect(result.status).toBe(expected);
  expect(result.page).toContain(text);
  expect(app.linesOf('runbook_query_failed')).toMatchObject([
    { alertname: 'HighErrorRate', type: 'promql' },
  ]);
});

test('shows that Prometheus is unreachable', async () => {
  backend.closeAllConnections();
  await new Promise((resolve) => backend.close(resolve));
  const { status, page } = await query(1);
  expect(status).toBe(502);
  expect(page).toContain('Prometheus is unreachable. Is it running?');
});

test('runs eight queries at once and refuses the ninth', async () => {
  const waiting: (() => void)[] = [];
  backend.removeAllListeners('request');
  backend.on('request', (_, response) => {
    waiting.push(() => response.end(vector()));
  });
  const running = Array.from({ length: 8 }, () => query(1));
  while (waiting.length < 8) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await query(1)).toMatchObject({ status: 503 });
  for (const end of waiting) end();
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual(Array(8).fill(200));
});
