import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { sendBytes, sendRaw } from '@watchkeeper/testing/raw-request';
import { callEdge, type Person, signUp } from '../people.ts';
import { edgeOf, type Target } from '../target.ts';

const crlf = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const post = 'POST /api/v1/auth/login HTTP/1.1';
const smuggled = crlf('GET /smuggled HTTP/1.1', 'Host: x');

/** Requests whose end two parsers may see in different places. */
const ambiguous: [string, string][] = [
  ['both lengths', crlf(post, 'Host: x', 'Content-Length: 4', 'Transfer-Encoding: chunked')],
  ['two lengths', crlf(post, 'Host: x', 'Content-Length: 0', 'Content-Length: 40')],
  ['a list of lengths', crlf(post, 'Host: x', 'Content-Length: 0, 40')],
  ['a length with a sign', crlf(post, 'Host: x', 'Content-Length: +0')],
  ['a length in hexadecimal', crlf(post, 'Host: x', 'Content-Length: 0x0')],
  ['an unknown encoding', crlf(post, 'Host: x', 'Transfer-Encoding: chunked, cow')],
  ['an obscured encoding', crlf(post, 'Host: x', 'Transfer-Encoding: xchunked')],
  ['a space before the colon', crlf(post, 'Host: x', 'Transfer-Encoding : chunked')],
  ['a folded header', crlf(post, 'Host: x', 'Transfer-Encoding:', ' chunked')],
  ['a line feed alone', `${post}\nHost: x\nContent-Length: 0\n\n`],
  ['a carriage return in a value', crlf(post, 'Host: x', 'X-A: b\rTransfer-Encoding: chunked')],
  ['a null byte in a value', crlf(post, 'Host: x', 'X-A: b\0c')],
  ['no host', crlf('GET /api/v1/restaurants HTTP/1.1')],
  ['a chunk size that is none', `${crlf(post, 'Host: x', 'Transfer-Encoding: chunked')}zz\r\n`],
  [
    'a huge chunk size',
    `${crlf(post, 'Host: x', 'Transfer-Encoding: chunked')}fffffffffffffffff\r\n`,
  ],
];

/** Addresses that a caller claims to have. */
const claims = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-client-ip', 'true-client-ip'];

/** Smuggled requests, spoofed addresses, bombs. */
export function describeWire(target: Target): void {
  describe('the wire', () => {
    let person: Person;
    beforeAll(async () => {
      person = await signUp(target);
    });

    test.each(ambiguous)(
      'a request with %s is refused, with whatever is behind it',
      async (_, head) => {
        const text = await sendBytes(edgeOf(target), `${head}${smuggled}`);
        expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
      },
    );

    test('a body is not taken for the next request', async () => {
      const length = `Content-Length: ${smuggled.length}`;
      const text = await sendBytes(edgeOf(target), `${crlf(post, 'Host: x', length)}${smuggled}`);
      expect(text.match(/HTTP\/1\.1 \d+/g)).toHaveLength(1);
    });

    test.each(claims)('%s changes no address', async (name) => {
      const claimed = name === 'forwarded' ? 'for=6.6.6.6' : '6.6.6.6';
      const { phone, password } = person;
      const headers = { [name]: claimed };
      const login = { phone, password: `${password}x` };
      expect((await callEdge(target, 'POST', '/auth/login', { body: login, headers })).status).toBe(
        401,
      );
      expect((await person.call('GET', '/auth/logins')).body).not.toContain('6.6.6.6');
    });

    test('bombs are refused before they go off', async () => {
      const authorization = `Bearer ${person.accessToken}`;
      const bomb = gzipSync(Buffer.alloc(10_000_000, ' '));
      const answer = await fetch(`${edgeOf(target)}/api/v1/users/me`, {
        method: 'PATCH',
        headers: { authorization, 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body: bomb,
      });
      expect([400, 413, 415]).toContain(answer.status);
      const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
      const nested = await callEdge(target, 'PATCH', '/users/me', { token: person.accessToken });
      expect(nested.status).toBeLessThan(500);
      const json = { 'content-type': 'application/json', authorization };
      for (const body of [
        deep,
        `{"displayName":"${'x'.repeat(102_400)}"}`,
        '{"__proto__":{"roles":["admin"]}}',
      ]) {
        const init = { method: 'PATCH', headers: json, body };
        const { status } = await fetch(`${edgeOf(target)}/api/v1/users/me`, init);
        expect(status).toBeLessThan(500);
      }
      expect((await person.call('GET', '/users/me')).status).toBe(200);
    });

    test.each([
      ['a path of 20,000 letters', `/${'a'.repeat(20_000)}`, {}],
      ['a header of 20,000 letters', '/api/v1/restaurants', { 'x-long': 'a'.repeat(20_000) }],
      [
        'two thousand headers',
        '/api/v1/restaurants',
        Object.fromEntries(
          Array.from({ length: 2_000 }, (_, index) => [`x-${index}`, 'a'.repeat(9)]),
        ),
      ],
    ])('%s is refused', async (_, path, headers) => {
      const { status } = await sendRaw(edgeOf(target), path, { headers }).catch(() => ({
        status: 431,
      }));
      expect([404, 414, 431]).toContain(status);
    });

    test.each([
      '/search?q=%00',
      '/search?q=%ff',
      '/restaurants/%',
      "/restaurants?cuisine=' OR 1=1",
      '/search?q[$gt]=',
    ])('%s fails nowhere', async (path) => {
      const { status } = await sendRaw(
        edgeOf(target),
        `/api/v1${encodeURI(path).replace(/%25/g, '%')}`,
      );
      expect(status).toBeLessThan(500);
    });
  });
}
