import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { freePort } from '@watchkeeper/testing/started-process';
import { createTestTelemetry } from '../testing/test-telemetry.ts';

const stack = expect.stringContaining('    at ');
const boom = { type: 'Error', message: 'boom', stack };
const reset = Object.assign(new Error(''), { code: 'ECONNRESET' });
const refusals = ['::1', '127.0.0.1'].map((address) =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}:9`), { code: 'ECONNREFUSED' }),
);
class OrderError extends Error {
  override readonly name = 'OrderError';
  readonly row = { card: '4111' };
}

async function lineOf(fields: object, message?: string) {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.error(fields, message);
  expect(lines).toHaveLength(1);
  return lines[0] ?? {};
}

test.each<[string, object, object]>([
  ['error', { error: new Error('boom') }, { error: boom }],
  ['any name', { reason: new Error('boom') }, { reason: boom }],
  ['a nested field', { job: { failure: new Error('boom') } }, { job: { failure: boom } }],
  ['a list', { failures: [new Error('boom')] }, { failures: [boom] }],
  ['a map', { failures: new Map([['a', new Error('boom')]]) }, { failures: { a: boom } }],
  ['a set', { failures: new Set([new Error('boom')]) }, { failures: [boom] }],
  [
    'settled promises',
    { results: [{ status: 'rejected', reason: new Error('boom') }] },
    { results: [{ reason: boom }] },
  ],
  ['a toJSON', { job: { toJSON: () => new Error('boom') } }, { job: boom }],
  [
    'a cause',
    { error: new Error('outer', { cause: new Error('boom') }) },
    { error: { message: 'outer', cause: boom } },
  ],
  [
    'a proxy',
    { error: new Proxy(new Error('boom'), {}) },
    { error: { type: 'Error', message: 'boom' } },
  ],
  ['another realm', { error: runInNewContext('new Error("boom")') }, { error: boom }],
  [
    'an old class',
    { error: Object.assign(Object.create(Error.prototype), { message: 'boom' }) },
    { error: { message: 'boom' } },
  ],
  ['no message, but a code', { error: reset }, { error: { message: 'ECONNRESET' } }],
  [
    'a subclass',
    { error: new OrderError('boom') },
    { error: { type: 'OrderError', message: 'boom' } },
  ],
  [
    'the DOM',
    { error: new DOMException('boom', 'AbortError') },
    { error: { type: 'AbortError', message: 'boom' } },
  ],
])('writes type, message and stack of an error in %s', async (_name, fields, expected) => {
  expect(await lineOf(fields, 'failed')).toMatchObject(expected);
});

test.each(['err', 'error', 'reason'])(
  'has the members of an AggregateError under %s',
  async (name) => {
    const line = await lineOf({ [name]: new AggregateError(refusals) }, 'failed');
    expect(line[name]).toMatchObject({
      type: 'AggregateError',
      message: 'connect ECONNREFUSED ::1:9; connect ECONNREFUSED 127.0.0.1:9',
      errors: [{ code: 'ECONNREFUSED', stack }, { message: 'connect ECONNREFUSED 127.0.0.1:9' }],
    });
  },
);

test('has the reasons of Promise.any, whatever they are', async () => {
  const rejected = [
    Promise.reject(new Error('boom')),
    Promise.reject({ code: 7, token: 'x' }),
    Promise.reject('text'),
  ];
  const error = await Promise.any(rejected).catch((reason) => reason);
  expect((await lineOf({ err: error }, 'failed')).err).toMatchObject({
    message: 'All promises were rejected',
    errors: [
      boom,
      { type: 'object', message: '{"code":7,"token":"[redacted]"}' },
      { type: 'string', message: 'text' },
    ],
  });
});

test('has the address of a host that refuses, from fetch too', async () => {
  const error = await fetch(`http://localhost:${await freePort()}/`).catch((reason) => reason);
  const { err } = await lineOf({ err: error }, 'failed');
  expect(JSON.stringify(err)).toContain('ECONNREFUSED');
  expect((err as { cause: { message: string } }).cause.message).not.toBe('');
});

test.each<[string, unknown, object]>([
  [
    'a plain object',
    { code: 'E1', why: 'x', password: 'p' },
    { type: 'object', message: '{"code":"E1","why":"x","password":"[redacted]"}' },
  ],
  ['a text', 'text', { type: 'string', message: 'text' }],
  ['a number', 7, { type: 'number', message: '7' }],
  ['null', null, { type: 'null', message: 'null' }],
  ['a symbol', Symbol('s'), { type: 'symbol', message: 'Symbol(s)' }],
  ['a big integer', 7n, { type: 'bigint', message: '7' }],
  ['an array', ['a', 1], { type: 'object', message: '["a",1]' }],
  ['an object without a prototype', Object.create(null), { type: 'object', message: '{}' }],
  ['a map', new Map([['a', 1]]), { type: 'object', message: '{"a":1}' }],
  [
    'an answer',
    new Response('', { status: 502 }),
    { type: 'object', message: expect.stringContaining('502') },
  ],
  ['a date', new Date(0), { message: '1970-01-01T00:00:00.000Z' }],
])('tells what was thrown where it is %s', async (_name, thrown, expected) => {
  expect((await lineOf({ err: thrown }, 'failed')).err).toMatchObject(expected);
  const caused = await lineOf({ error: new Error('outer', { cause: thrown }) });
  expect(caused.error).toMatchObject({ cause: expected });
});

test('takes an error as the only argument, or behind the message', async () => {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.error(new Error('boom'));
  telemetry.logger.error('failed', new Error('boom') as never);
  telemetry.logger.error(
    { event: 'e' },
    'order %d failed',
    ...([7, new Error('boom')] as unknown as [number]),
  );
  telemetry.logger.error(new AggregateError(refusals));
  telemetry.logger.error('%s', new Error('boom'));
  expect(lines).toMatchObject([
    { msg: 'boom', err: boom },
    { msg: 'failed', err: boom },
    { msg: 'order 7 failed', err: boom, event: 'e' },
    { msg: expect.stringContaining('ECONNREFUSED ::1:9'), err: { type: 'AggregateError' } },
    { msg: 'Error: boom' },
  ]);
});

test('leaves out what clients and drivers add, and ends a circle', async () => {
  const error: Error = Object.assign(new OrderError('boom'), { config: { a: 1 }, code: 23_505 });
  error.cause = error;
  const { err } = await lineOf({ err: error });
  expect(err).toEqual({
    type: 'OrderError',
    message: 'boom',
    stack,
    code: 23_505,
    cause: '[circular]',
  });
});

test('writes what can be read of an error whose getters throw', async () => {
  const fail = () => {
    throw new Error('not to be read');
  };
  const error = Object.defineProperties(new Error('boom'), {
    ...{ stack: { get: fail }, cause: { get: fail }, name: { get: fail } },
    ...{ code: { get: fail }, errors: { get: fail } },
  });
  expect((await lineOf({ err: error })).err).toMatchObject({ message: 'boom', type: 'Error' });
});

test('has the error that a message names under err as well', async () => {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.error('order not placed: %s', new Error('boom'));
  expect(lines).toMatchObject([{ err: boom, msg: 'order not placed: Error: boom' }]);
});
