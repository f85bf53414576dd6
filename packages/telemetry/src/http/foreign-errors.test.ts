import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { startServer } from '@watchkeeper/testing/server';
import express, { type RequestHandler } from 'express';
import { errorHandler, HttpError, httpMiddleware } from '../index.ts';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Answers every request with the route, in production as Express would. */
async function ask(route: RequestHandler, prepare = (_app: express.Express): void => {}) {
  const { telemetry, linesOf } = await createTestTelemetry();
  const app = express().set('env', 'production').use(httpMiddleware(telemetry));
  prepare(app);
  app.get('/', route).use(errorHandler(telemetry));
  const server = await startServer(app);
  closers.push(server.close);
  const response = await fetch(server.url);
  const text = await response.text();
  const metrics = await telemetry.renderMetrics();
  return { response, text, body: JSON.parse(text), metrics, linesOf };
}

const thrown = (error: unknown): RequestHandler => {
  return () => {
    throw error;
  };
};

/** As http-errors makes them. */
const httpError = (status: number, expose: boolean) =>
  Object.assign(new Error('inside'), { status, statusCode: status, expose });

const joi = { isJoi: true, details: [{ path: ['user', 'email'], message: '"email" is required' }] };
const revocable = Proxy.revocable({}, {});
revocable.revoke();
const failing = Object.defineProperties(new Error('x'), {
  status: {
    get: () => {
      throw new Error('not to be read');
    },
  },
  message: {
    get: () => {
      throw new Error('not to be read');
    },
  },
  name: {
    get: () => {
      throw new Error('not to be read');
    },
  },
  code: {
    get: () => {
      throw new Error('not to be read');
    },
  },
});

test.each<[string, number, unknown]>([
  ['a status without expose', 404, { status: 404 }],
  ['a status on an error', 410, Object.assign(new Error('gone'), { status: 410 })],
  ['a statusCode alone', 422, Object.assign(new Error('no'), { statusCode: 422 })],
  ['a status that is none, and a statusCode', 429, { status: 'error', statusCode: 429 }],
  ['http-errors 502', 502, httpError(502, false)],
  ['http-errors 503', 503, httpError(503, false)],
  ['http-errors 404', 404, httpError(404, true)],
  ['the last status', 599, { status: 599 }],
  ['a status that Node has no name of', 499, { status: 499 }],
  [
    'celebrate',
    400,
    Object.assign(new Error('Validation failed'), { details: new Map([['body', joi]]) }),
  ],
  ['a text as status', 500, { status: 'abc', expose: true }],
  ['success', 500, { status: 200 }],
  ['success that is exposed', 500, { status: 200, expose: true, message: 'inside' }],
  ['a redirection', 500, { statusCode: 302 }],
  ['too high a status', 500, { status: 600, expose: true }],
  ['a fraction', 500, { status: 404.5 }],
  ['NaN', 500, { status: Number.NaN, expose: true }],
  ['infinity', 500, { status: Number.POSITIVE_INFINITY }],
  ['a negative status', 500, { status: -404 }],
  ['an object as status', 500, { status: { valueOf: () => 404 } }],
  ['a symbol as status', 500, { status: Symbol('404') }],
  ['a big integer', 500, { status: 404n }],
  ['an HttpError of success', 500, new HttpError(200, 'inside')],
  ['an HttpError of NaN', 500, new HttpError(Number.NaN, 'inside')],
  ['an empty map of details', 500, Object.assign(new Error('x'), { details: new Map() })],
  ['a map of other details', 500, Object.assign(new Error('x'), { details: new Map([['a', 1]]) })],
  ['a text', 500, 'inside'],
  ['a number', 500, 404],
  ['a symbol', 500, Symbol('x')],
  ['a function', 500, () => {}],
  ['an object without a prototype', 500, Object.assign(Object.create(null), { message: 'inside' })],
  ['a proxy that was revoked', 500, revocable.proxy],
  ['getters that throw', 500, failing],
])('answers %s with %i and the usual body', async (name, status, error) => {
  const { response, body, text, metrics } = await ask(thrown(error));
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(body).toMatchObject({ statusCode: status, path: '/', requestId: expect.any(String) });
  expect(text).not.toMatch(/ at .+:\d+|<pre>/);
  if (name !== 'http-errors 404') expect(text).not.toContain('inside');
  const [counted, ...more] = metrics.split('\n').filter((line) => line.startsWith('errors_total{'));
  expect(counted).toContain(`error_code="${status}"} 1`);
  expect(more).toEqual([]);
  expect(metrics).toContain(
    `http_requests_total{method="GET",route="/",status_code="${status}"} 1`,
  );
});

test.each(['no-such-file', '../etc/passwd', '.hidden'])(
  'answers sendFile of %s with 4xx',
  async (file) => {
    const root = join(import.meta.dirname, 'nowhere');
    const { response, text, linesOf } = await ask((_, answer) => answer.sendFile(file, { root }));
    expect([403, 404]).toContain(response.status);
    expect(text).not.toContain('nowhere');
    expect(linesOf('http_request_failed')).toEqual([]);
  },
);

test("names celebrate's fields, and exposes the message of http-errors", async () => {
  const details = new Map([['body', joi]]);
  const { body } = await ask(thrown(Object.assign(new Error('Validation failed'), { details })));
  expect(body.validationErrors).toEqual([
    { field: 'body.user.email', message: '"email" is required' },
  ]);
  expect((await ask(thrown(httpError(404, true)))).body.message).toBe('inside');
  expect((await ask(thrown(httpError(404, false)))).body.message).toBe('Not Found.');
  expect((await ask(thrown(httpError(503, true)))).body).toMatchObject({
    ...{ error: 'Service Unavailable', message: expect.stringContaining('request id') },
  });
});

test.each([
  { big: 1n },
  circle(),
  {
    toJSON: () => {
      throw new Error('inside');
    },
  },
])('answers without details that JSON has no form of', async (details) => {
  const { response, body } = await ask(
    thrown(new HttpError(409, 'busy', { details: details as never })),
  );
  expect(response.status).toBe(409);
  expect(body).toMatchObject({ message: 'busy' });
  expect(body).not.toHaveProperty('details');
});

test('answers where the app itself cannot make JSON', async () => {
  const fail = () => {
    throw new Error('inside');
  };
  const { response, body } = await ask(thrown({ status: 404 }), (app) =>
    app.set('json replacer', fail),
  );
  expect([response.status, body.error]).toEqual([404, 'Not Found']);
});

function circle(): Record<string, unknown> {
  const details: Record<string, unknown> = {};
  details.self = details;
  return details;
}
