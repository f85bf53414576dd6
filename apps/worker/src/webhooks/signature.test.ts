import { expect, test } from '@jest/globals';
import { loadReadmeExample } from '../testing/verify-signature.ts';
import { sign } from './signature.ts';

const secret = 'whsec_test';
const body = '{"id":1}';
const now = () => Math.floor(Date.now() / 1_000);
const isFromGalley = await loadReadmeExample();

test('equals an HMAC over the documented text', () => {
  // printf '1800000000.{"id":1}' | openssl dgst -sha256 -hmac whsec_test
  expect(sign(secret, body, 1_800_000_000)).toBe(
    't=1800000000,v1=7495c40cde012282a92344d8fb4be1ab35233b78ec3445b87d96078f53374ee5',
  );
});

test.each([
  ['accepts the original request', () => sign(secret, body, now()), true],
  ['accepts a clock that is a little behind', () => sign(secret, body, now() + 200), true],
  ['refuses another body', () => sign(secret, `${body} `, now()), false],
  ['refuses another secret', () => sign('whsec_other', body, now()), false],
  [
    'refuses a changed time',
    () => sign(secret, body, now() - 100).replace(/t=\d+/, `t=${now()}`),
    false,
  ],
  ['refuses a replayed request', () => sign(secret, body, now() - 301), false],
  ['refuses a missing signature', () => '', false],
  ['refuses half a signature', () => sign(secret, body, now()).slice(0, 40), false],
])('%s by the example of the README', (_, signature, expected) => {
  expect(isFromGalley(secret, body, signature())).toBe(expected);
});
