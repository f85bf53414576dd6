import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
} from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { errorHandler, httpMiddleware, serveHttp } from '@watchkeeper/telemetry';
import { createTestTelemetry, type TestTelemetry } from '@watchkeeper/telemetry/testing';
import express from 'express';
import { exportJWK, SignJWT } from 'jose';
import { createTestTokens } from '../testing/token-keys.ts';
import { authenticate, callerOf, requireRole } from './authenticate.ts';
import { type Caller, createTokenSigner, createTokenVerifier } from './token.ts';
import { keyIdOf } from './token-keys.ts';

const tokens = createTestTokens();
const kid = keyIdOf(tokens.publicKey);
const stranger = generateKeyPairSync('ed25519').privateKey;
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

interface Forgery {
  readonly key?: KeyObject | Uint8Array;
  readonly header?: object;
  readonly issuer?: string;
  readonly expires?: number;
  readonly sub?: string;
}

/** A token of an administrator, with one thing that is not right. */
function forge({
  key = tokens.privateKey,
  header = {},
  issuer = 'galley',
  expires = 60,
  sub = caller.userId,
}: Forgery) {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ device_id: 'phone', sid: caller.sessionId, roles: ['admin'] })
    .setProtectedHeader({ alg: 'EdDSA', kid, ...header })
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

const missing = 'Expected the header `Authorization: Bearer <access token>`.';
const invalid = 'The access token is not valid. Log in.';
const publicPem = tokens.publicKey.export({ type: 'spki', format: 'pem' });

const refusals: [string, () => Promise<string | undefined> | string, string][] = [
  ['no token', async () => undefined, missing],
  ["another key under our key's id", () => forge({ key: stranger }), invalid],
  [
    'another key under its own id',
    () => forge({ key: stranger, header: { kid: keyIdOf(createPublicKey(stranger)) } }),
    invalid,
  ],
  ['no key id', () => forge({ header: { kid: undefined } }), invalid],
  ['a key id that is a path', () => forge({ header: { kid: '../../dev/null' } }), invalid],
  [
    'the public key as the secret of an HMAC',
    () => forge({ key: Buffer.from(publicPem), header: { alg: 'HS256' } }),
    invalid,
  ],
  ['a secret of its own', () => forge({ key: randomBytes(32), header: { alg: 'HS256' } }), invalid],
  [
    'a key that it brings along',
    async () =>
      forge({
        key: stranger,
        header: { kid: 'mine', jwk: await exportJWK(createPublicKey(stranger)) },
      }),
    invalid,
  ],
  ['another issuer', () => forge({ issuer: 'x' }), invalid],
  ['no user id', () => forge({ sub: '17' }), invalid],
  ['an expired token', () => forge({ expires: -1 }), 'The access token has expired. Refresh it.'],
  ['no signature', () => unsigned(), invalid],
  ['a cut signature', async () => (await forge({})).slice(0, -4), invalid],
];

function unsigned(): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', kid })}.${part({ sub: caller.userId, iss: 'galley' })}.`;
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

test('knows a new key by its first token, and the old one until it is gone', async () => {
  const next = generateKeyPairSync('ed25519');
  const known = new Map([[kid, tokens.publicKey]]);
  let reads = 0;
  const verifier = createTokenVerifier(() => {
    reads += 1;
    return new Map(known);
  });
  known.set(keyIdOf(next.publicKey), next.publicKey);
  const clock = jest.spyOn(performance, 'now');
  const token = await createTokenSigner(next.privateKey).sign(caller);
  // Strangers' ids do not have the file read more than once in five seconds.
  for (let i = 0; i < 20; i += 1) {
    await expect(
      verifier.verify(await forge({ header: { kid: `made up ${i}` } })),
    ).rejects.toThrow();
  }
  expect(reads).toBe(1);
  clock.mockReturnValue(performance.now() + 5_000);
  expect(await verifier.verify(token)).toEqual(caller);
  expect(await verifier.verify(await tokens.sign(caller))).toEqual(caller);
  expect(reads).toBe(2);
  clock.mockRestore();
});
