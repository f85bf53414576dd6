import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { errorHandler, httpMiddleware, serveHttp } from '@watchkeeper/telemetry';
import { createTestTelemetry, type TestTelemetry } from '@watchkeeper/telemetry/testing';
import express from 'express';
import { SignJWT } from 'jose';
import { authenticate, callerOf, requireRole } from './authenticate.ts';
import { type Caller, createTokens } from './token.ts';

const secret = randomBytes(32);
const tokens = createTokens(secret);
const caller: Caller = {
  userId: randomUUID(),
  deviceId: 'phone',
  sessionId: randomUUID(),
  roles: ['customer'],
};
const revoked = new Set<string>();
let context: TestTelemetry;
let base: string;

beforeAll(async () => {
  context = await createTestTelemetry();
  const app = express();
  app.use(httpMiddleware(context.telemetry));
  app.use(authenticate(tokens, ({ sessionId }) => !revoked.has(sessionId)));
  app.get('/me', (_request, response) => void response.json(callerOf(response)));
  app.get('/admin', requireRole('admin'), (_request, response) => void response.json({}));
  app.use(errorHandler(context.telemetry));
  const address = await serveHttp(context.telemetry, app, { port: 0, bindAddress: '127.0.0.1' });
  base = `http://${address}`;
});

afterAll(() => context.telemetry.shutdown.run('test'));

async function ask(path: string, token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${base}${path}`, { headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** A token with another key, issuer, lifetime or subject. */
function forge(key: Uint8Array, { issuer = 'galley', expires = 60, sub = caller.userId } = {}) {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ device_id: 'phone', sid: caller.sessionId, roles: ['admin'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience('galley')
    .setSubject(sub)
    .setExpirationTime(now + expires)
    .sign(key);
}

test('provides the caller of a valid token, to log lines as well', async () => {
  expect(await ask('/me', await tokens.sign(caller))).toEqual({ status: 200, body: caller });
  const [line] = context.linesOf('http_request_completed').slice(-1);
  expect(line).toMatchObject({ user_id: caller.userId });
});

test('answers 403 to a caller without the role', async () => {
  const { status, body } = await ask('/admin', await tokens.sign(caller));
  expect(status).toBe(403);
  expect(body.message).toBe('Expected the role `admin`.');
});

const refusals: [string, () => Promise<string | undefined> | string, string][] = [
  [
    'no token',
    async () => undefined,
    'Expected the header `Authorization: Bearer <access token>`.',
  ],
  ['another key', () => forge(randomBytes(32)), 'The access token is not valid. Log in.'],
  [
    'another issuer',
    () => forge(secret, { issuer: 'x' }),
    'The access token is not valid. Log in.',
  ],
  ['no user id', () => forge(secret, { sub: '17' }), 'The access token is not valid. Log in.'],
  [
    'an expired token',
    () => forge(secret, { expires: -1 }),
    'The access token has expired. Refresh it.',
  ],
  ['no signature', () => unsigned(), 'The access token is not valid. Log in.'],
];

function unsigned(): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: caller.userId, iss: 'galley' })}.`;
}

test.each(refusals)('refuses %s', async (_, token, message) => {
  const { status, body } = await ask('/me', await token());
  expect(status).toBe(401);
  expect(body.message).toBe(message);
});

test('refuses a revoked session while its token is valid', async () => {
  const ended = { ...caller, sessionId: randomUUID() };
  revoked.add(ended.sessionId);
  const { status, body } = await ask('/me', await tokens.sign(ended));
  expect(status).toBe(401);
  expect(body.message).toBe('The session has ended. Log in.');
});
