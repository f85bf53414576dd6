import { afterEach, describe, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '@watchkeeper/testing/server';
import { freePort } from '@watchkeeper/testing/started-process';
import { findCoverage } from './coverage.ts';
import { evaluateAlerts } from './evaluate.ts';
import { createPast } from './prometheus.ts';

interface Asked {
  readonly query: string;
  readonly start: number;
  readonly end: number;
  readonly authorization: string | undefined;
}

let server: TestServer | undefined;
afterEach(() => server?.close());

type Answer = { status: number; body: unknown };
const success = (result: unknown[]): Answer => ({
  status: 200,
  body: { status: 'success', data: { resultType: 'matrix', result } },
});
const refusal = (status: number, error: string): Answer => ({
  status,
  body: { status: 'error', errorType: 'execution', error },
});

/** A Prometheus that answers each query by a function. */
async function startAnswering(answer: (asked: Asked) => Answer): Promise<Asked[]> {
  const asked: Asked[] = [];
  server = await startServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (request.url?.startsWith('/api/v1/label/__name__/values')) {
      response.end(JSON.stringify({ status: 'success', data: ['good'] }));
      return;
    }
    const form = new URLSearchParams(text);
    const one = {
      ...{ query: form.get('query') ?? '', authorization: request.headers.authorization },
      ...{ start: Number(form.get('start')), end: Number(form.get('end')) },
    };
    asked.push(one);
    const { status, body } = answer(one);
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return asked;
}

const base = () => server?.url ?? '';

describe('queryRange', () => {
  test('asks for as many points as Prometheus answers with, and joins the parts', async () => {
    const asked = await startAnswering(({ start }) =>
      success([{ metric: { __name__: 'x', job: 'api' }, values: [[start, '1']] }]),
    );
    const range = { start: 0, end: 15 * 24_999, step: 15 };
    const series = await createPast(`${base()}/`, 'Bearer abc').queryRange('x', range);
    expect(asked.map(({ start, end }) => (end - start) / 15 + 1)).toEqual([
      6_250, 6_250, 6_250, 6_250,
    ]);
    expect(asked[0]?.authorization).toBe('Bearer abc');
    expect(series).toEqual([{ labels: { job: 'api' }, times: [0, 93_750, 187_500, 281_250] }]);
  });

  test('halves what is too much for Prometheus', async () => {
    const asked = await startAnswering(({ start, end }) =>
      end - start > 6_000
        ? refusal(422, 'query processing would load too many samples')
        : success([]),
    );
    await createPast(base()).queryRange('x', { start: 0, end: 10_000, step: 10 });
    expect(asked.map(({ start, end }) => [start, end])).toEqual([
      [0, 10_000],
      [0, 4_990],
      [5_000, 10_000],
    ]);
  });

  test('gives up where even minutes are too much', async () => {
    await startAnswering(() => refusal(503, 'query timed out in expression evaluation'));
    const answer = createPast(base()).queryRange('x', { start: 0, end: 10_000, step: 10 });
    await expect(answer).rejects.toThrow('too much for Prometheus to evaluate');
  });

  test.each([
    [{ status: 404, body: 'page not found' }, /got 404 with `page not found`.*path prefix/],
    [{ status: 401, body: 'Unauthorized' }, /got 401.*`--authorization-file`/],
    [{ status: 200, body: '<html>' }, /got 200 with `<html>`/],
  ])('says what answered %j instead', async (answer, message) => {
    await startAnswering(() => answer);
    const asked = createPast(base()).queryRange('x', { start: 0, end: 60, step: 60 });
    await expect(asked).rejects.toThrow(message);
  });

  test('names an address at which nothing listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const asked = createPast(url).queryRange('x', { start: 0, end: 60, step: 60 });
    await expect(asked).rejects.toThrow(`Expected Prometheus at ${url}, got ECONNREFUSED.`);
  });
});

describe('findCoverage', () => {
  const range = { start: 30, end: 3_630, step: 60 };

  test('cuts the past where Prometheus was down', async () => {
    const minutes = [1, 2, 3, 10, 11, 60].map((minute) => [minute * 60, '3']);
    await startAnswering(() => success([{ metric: {}, values: minutes }]));
    expect(await findCoverage(createPast(base()), range)).toEqual([
      { from: 30, to: 180 },
      { from: 600, to: 660 },
      { from: 3_600, to: 3_630 },
    ]);
  });

  test('takes all of it where nothing has `up`', async () => {
    await startAnswering(() => success([]));
    expect(await findCoverage(createPast(base()), range)).toEqual([{ from: 30, to: 3_630 }]);
  });
});

test('keeps an alert that Prometheus refuses apart from the others', async () => {
  await startAnswering(({ query }) =>
    query.includes('bad')
      ? refusal(422, 'many-to-many matching not allowed')
      : success([
          {
            metric: { job: 'a' },
            values: [
              [120, '1'],
              [180, '1'],
            ],
          },
        ]),
  );
  const rule = { forSeconds: 60, keepFiringForSeconds: 0, interval: 60, labels: {} };
  const alerts = [
    { ...rule, name: 'Bad', expr: 'bad' },
    { ...rule, name: 'Good', expr: 'good' },
  ];
  const evaluations = await evaluateAlerts(
    { alerts, recordings: new Map() },
    {
      ...{ past: createPast(base()), known: new Set(['good']) },
      ...{ covered: [{ from: 0, to: 600 }], range: { start: 0, end: 600 } },
    },
  );
  expect(evaluations).toMatchObject([
    {
      rule: { name: 'Bad' },
      firings: [],
      problem: 'many-to-many matching not allowed',
    },
    { rule: { name: 'Good' }, missing: [], firings: [{ from: 180, to: 240 }] },
  ]);
});
