import { createHmac, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { callEdge, type Person, signUp } from '../people.ts';
import type { Target } from '../target.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString());

function hmac(header: object, payload: object, key: Buffer | string): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

/** Variants of a genuine token that a caller can make without any key. */
const forgeries: [string, (token: string) => string][] = [
  ['no signature', (token) => `${token.split('.').slice(0, 2).join('.')}.`],
  ['the algorithm `none`', (token) => `${encode({ alg: 'none' })}.${token.split('.')[1]}.`],
  ['the algorithm `None`', (token) => `${encode({ alg: 'None' })}.${token.split('.')[1]}.`],
  ['an empty key', (token) => hmac({ alg: 'HS256' }, payloadOf(token), '')],
  ['a key of its own', (token) => hmac({ alg: 'HS256' }, payloadOf(token), randomBytes(32))],
  [
    'a key that it names itself',
    (token) => {
      const key = randomBytes(32);
      const jwk = { kty: 'oct', k: key.toString('base64url') };
      return hmac({ alg: 'HS256', jwk }, payloadOf(token), key);
    },
  ],
  [
    'a key id that is a path',
    (token) => hmac({ alg: 'HS256', kid: '../../../../dev/null' }, payloadOf(token), ''),
  ],
  [
    'the role of an administrator under the old signature',
    (token) => {
      const [header, , signature] = token.split('.');
      return `${header}.${encode({ ...payloadOf(token), roles: ['admin'] })}.${signature}`;
    },
  ],
  ['a changed last letter', (token) => `${token.slice(0, -4)}AAAA`],
  ['a second token behind it', (token) => `${token} ${token}`],
  ['five parts, as if encrypted', (token) => `${token}.AAAA.AAAA`],
  ['ten thousand letters', () => 'a'.repeat(10_000)],
];

const payloadOf = (token: string) => decode(token.split('.')[1]) as Record<string, unknown>;

/** Forged, stolen and ended access tokens. */
export function describeTokens(target: Target): void {
  describe('access tokens', () => {
    let person: Person;
    beforeAll(async () => {
      person = await signUp(target);
    });

    test('the genuine one is accepted', async () => {
      expect((await person.call('GET', '/users/me')).status).toBe(200);
    });

    test.each(forgeries)('one with %s is refused', async (_, forge) => {
      const token = forge(person.accessToken);
      const answer = await callEdge(target, 'GET', '/users/me', { token });
      expect(answer.status).toBe(401);
    });

    test('one in the query or in a cookie is none', async () => {
      const path = `/users/me?access_token=${person.accessToken}`;
      expect((await callEdge(target, 'GET', path)).status).toBe(401);
    });

    test('a refresh token is no access token', async () => {
      const token = person.refreshToken;
      expect((await callEdge(target, 'GET', '/users/me', { token })).status).toBe(401);
    });

    test('no line of the log has it', async () => {
      const [, , signature = ''] = person.accessToken.split('.');
      for (const app of ['gateway', 'api']) {
        const lines = await target.readLog(app);
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.filter((line) => line.includes(signature))).toEqual([]);
      }
    });
  });
}
