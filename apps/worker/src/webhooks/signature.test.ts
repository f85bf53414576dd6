import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isAuthentic, sign } from './signature.ts';

const nowSeconds = 1_800_000_000;
const secret = 'whsec_test';
const body = '{"id":1}';
const signature = sign(secret, body, nowSeconds);

test('is what any HMAC of the documented text gives', () => {
  // printf '1800000000.{"id":1}' | openssl dgst -sha256 -hmac whsec_test
  expect(signature).toBe(
    't=1800000000,v1=7495c40cde012282a92344d8fb4be1ab35233b78ec3445b87d96078f53374ee5',
  );
});

test.each([
  ['the request as it was sent', {}, true],
  ['another body', { body: '{"id":2}' }, false],
  ['another secret', { secret: 'whsec_other' }, false],
  ['a later time that was put in', { signature: signature.replace('t=18', 't=19') }, false],
  ['a request that somebody kept', { nowSeconds: nowSeconds + 301 }, false],
  ['a clock that is a little behind', { nowSeconds: nowSeconds - 200 }, true],
  ['no signature', { signature: '' }, false],
  ['half a signature', { signature: signature.slice(0, 40) }, false],
])('judges %s', (_name, change, expected) => {
  expect(isAuthentic({ secret, body, signature, nowSeconds, ...change })).toBe(expected);
});

test('is checked by the example of the README', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const url = `data:text/javascript,${encodeURIComponent(example)}`;
  const { isFromGalley } = await import(url);
  const now = Math.floor(Date.now() / 1_000);
  expect(isFromGalley(secret, body, sign(secret, body, now))).toBe(true);
  expect(isFromGalley(secret, body, sign(secret, `${body} `, now))).toBe(false);
  expect(isFromGalley(secret, body, sign(secret, body, now - 600))).toBe(false);
});
