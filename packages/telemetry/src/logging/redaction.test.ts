import { EventEmitter } from 'node:events';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import pino from 'pino';
import { createTestTelemetry } from '../testing/test-telemetry.ts';
import type { Logger } from './logger.ts';

/** What must stand in no line, whatever the value that holds it. */
const secret = 'hunter2-XYZZY';

class User {
  readonly name = 'Bob';
  readonly password = secret;
}
class Private {
  readonly #password = secret;
  check = () => this.#password.length;
}
class Account {
  readonly owner = 'Bob';
  get password() {
    return secret;
  }
  toJSON() {
    return { owner: this.owner, password: secret };
  }
}
/** As clients of HTTP make them: all of the request and of the answer stands on the error. */
class AxiosError extends Error {
  readonly config = { url: '/x', headers: { Authorization: `Bearer ${secret}` } };
  readonly request = { _header: `GET /x\r\nAuthorization: Bearer ${secret}\r\n` };
  readonly response = { status: 401, headers: { 'set-cookie': [`id=${secret}`] } };
}

function expressRequest(): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method: 'POST', url: `/login?token=${secret}`, originalUrl: '/login' });
  request.headers = { authorization: `Bearer ${secret}`, cookie: `id=${secret}`, host: 'x' };
  return Object.assign(request, {
    body: { email: 'b@x', password: secret },
    query: { otp: secret },
  });
}

function answer(): ServerResponse {
  return new ServerResponse(expressRequest()).setHeader('set-cookie', `id=${secret}`);
}

const nullPrototype = Object.assign(Object.create(null), { password: secret });
const circular: Record<string, unknown> = { password: secret };
circular.self = circular;
const credentials = new URL(`postgres://bob:${secret}@db:5432/orders`);
const form = new FormData();
form.set('password', secret);
const fetched = new Request('https://x/a', { headers: { authorization: `Bearer ${secret}` } });
const buried = { a: { b: [{ c: { d: [{ e: { passwordHash: secret } }] } }] } };

test.each<[string, unknown]>([
  ['an instance of a class', new User()],
  ['a class with private state', new Private()],
  ['an object with toJSON', new Account()],
  ['a toJSON that returns a map', { toJSON: () => new Map([['token', secret]]) }],
  ['a toJSON that returns JSON', { toJSON: () => JSON.stringify({ token: secret }) }],
  ['an error of a client', new AxiosError('refused')],
  ['an error with a secret message', new Error(`connect failed: password=${secret}`)],
  ['a cause', new Error('x', { cause: new AxiosError(`token: ${secret}`) })],
  ['a cause that is an object', new Error('x', { cause: { apiKey: secret } })],
  ['a request of Express', expressRequest()],
  ['an answer', answer()],
  ['a socket', new Socket()],
  ['an object without a prototype', nullPrototype],
  ['a circle', circular],
  ['a deep value', buried],
  [
    'a map',
    new Map<unknown, unknown>([
      ['password', secret],
      [{ a: 1 }, new User()],
    ]),
  ],
  ['a map in a map', new Map([['user', new Map([['pin', secret]])]])],
  ['a set', new Set([new User(), nullPrototype])],
  ['entries', Object.entries({ password: secret })],
  ['raw headers', ['Host', 'x', 'Cookie', secret, 'Accept', '*/*']],
  ['the arguments of a command', ['mysql', '--password', secret]],
  ['headers', new Headers({ authorization: secret, accept: 'x' })],
  ['search parameters', new URLSearchParams({ token: secret, page: '2' })],
  ['a form', form],
  ['a form recorded as names and values', [{ name: 'password', value: secret }]],
  ['a request of fetch', fetched],
  ['an address with credentials', credentials],
  ['the same as a text', String(credentials)],
  ['a path with a query', `/reset?token=${secret}&next=/home`],
  ['a buffer', Buffer.from(secret)],
  ['bytes', new Uint8Array(Buffer.from(secret))],
  ['memory', new TextEncoder().encode(secret).buffer],
  ['a proxy', new Proxy(new User(), {})],
  ['a boxed text', Object(`password=${secret}`)],
  ['JSON in a text', JSON.stringify({ user: { password: secret } })],
  ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ password: secret }) })],
  ['a web token', `eyJhbGciOi.eyJzdWIiOi${secret}.sig`],
  ['a key', `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`],
  ['a command', `mysql --password ${secret} -u root`],
  ['a symbol', Symbol(`password=${secret}`)],
  ['the names of a body', { [`password=${secret}`]: '' }],
  ['an emitter', Object.assign(new EventEmitter(), { session: { accessToken: secret } })],
  ['a server', Object.assign(createServer(), { clientSecret: secret })],
])('keeps a secret in %s out of a line, however it is written', async (_name, value) => {
  const { telemetry, lines } = await createTestTelemetry();
  const { logger } = telemetry;
  logger.info({ event: 'x', value }, 'nested');
  logger.info({ event: 'x', deep: [{ list: [value] }] }, 'deeper');
  logger.error({ event: 'x', err: value }, 'as an error');
  logger.error({ event: 'x', error: value, reason: value }, 'under other names');
  logger.info(value as object, 'as the fields');
  logger.info(value as object);
  for (const place of ['%j', '%o', '%O', '%s', '%d']) logger.info(`value ${place}`, value as never);
  logger.info({ event: 'x' }, 'password=%s', secret);
  logger.info({ event: 'x' }, value as string);
  logger.child({ value }).child({ again: value }).info('bound');
  const bound = logger.child({});
  bound.setBindings({ value });
  bound.info('bound later');
  expect(JSON.stringify(lines)).not.toContain(secret);
  expect(JSON.stringify(lines)).not.toContain(Buffer.from(secret).toJSON().data.join());
  expect(lines).toHaveLength(15);
});

test.each<[string, (logger: Logger) => void]>([
  ['setBindings', (logger) => logger.setBindings({ password: secret })],
  ['a child', (logger) => logger.child({ password: secret }).info('x')],
  ['a child of a child', (logger) => logger.child({ a: 1 }).child({ token: secret }).info('x')],
  [
    'a serializer',
    (logger) =>
      logger
        .child({}, { serializers: { user: () => ({ id: 7, password: secret }) } })
        .info({ user: 7 }),
  ],
  [
    "pino's own serializer of errors",
    (logger) =>
      logger
        .child({}, { serializers: { err: pino.stdSerializers.err } })
        .error(new AxiosError('x')),
  ],
  [
    'a formatter of lines',
    (logger) =>
      logger.child({}, { formatters: { log: (line) => ({ ...line, token: secret }) } }).info({}),
  ],
  [
    'a formatter of bindings',
    (logger) =>
      logger.child({ a: 1 }, { formatters: { bindings: () => ({ apiKey: secret }) } }).info('x'),
  ],
  [
    "pino's own redaction",
    (logger) => logger.child({}, { redact: ['a.b'] }).info({ a: { b: secret } }),
  ],
  ['a prefix', (logger) => logger.child({}, { msgPrefix: `token=${secret} ` }).info('x')],
  ['a message', (logger) => logger.warn(`Authorization: Bearer ${secret}`)],
  ['a message with a scheme alone', (logger) => logger.warn(`sent Bearer ${secret}`)],
  ['several arguments', (logger) => logger.info('%s and %j', 'a', { password: secret })],
  ['an error behind a message', (logger) => logger.error('failed', new AxiosError('x') as never)],
])('keeps a secret that comes by %s out of a line', async (_name, write) => {
  const { telemetry, lines } = await createTestTelemetry();
  write(telemetry.logger);
  telemetry.logger.info('after');
  expect(JSON.stringify(lines)).not.toContain(secret);
  expect(lines.at(-1)).toMatchObject({ msg: 'after', service: 'test' });
});

test('writes what is no secret of every kind of value', async () => {
  const { telemetry, lines } = await createTestTelemetry();
  telemetry.logger.info({
    map: new Map<unknown, unknown>([
      ['a', 1],
      [2, 'b'],
    ]),
    set: new Set([1, 'x']),
    headers: new Headers({ accept: 'x' }),
    url: new URL('https://host/path'),
    buffer: Buffer.from('abc'),
    date: new Date(0),
    big: [1n, 2n ** 70n],
    symbol: Symbol('s'),
    ...{ tokens: 17, has_password: true, user: new User(), none: null, absent: undefined },
    request: expressRequest(),
    throwing: Object.defineProperty({ a: 1 }, 'b', {
      enumerable: true,
      get: () => {
        throw new Error('not to be read');
      },
    }),
  });
  expect(lines[0]).toMatchObject({
    ...{ map: { a: 1, 2: 'b' }, set: [1, 'x'], headers: { accept: 'x' } },
    ...{ url: 'https://host/path', buffer: '[Buffer: 3 bytes]', date: '1970-01-01T00:00:00.000Z' },
    ...{ big: [1, String(2n ** 70n)], symbol: 'Symbol(s)', tokens: 17, has_password: true },
    ...{ user: { name: 'Bob', password: '[redacted]' }, none: null },
    request: { method: 'POST', url: '/login', headers: { host: 'x', cookie: '[redacted]' } },
    throwing: { a: 1, b: '[unreadable]' },
  });
  expect(lines[0]).not.toHaveProperty('absent');
});
