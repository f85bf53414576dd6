import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import {
  ForbiddenAddressError,
  isAcceptableUrl,
  isPrivateHost,
  isPublicAddress,
} from './address-guard.ts';
import { createGuardedFetch } from './guarded-fetch.ts';

test.each([
  ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
  ...['100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '198.18.0.1', '192.0.2.1'],
  ...['::1', '::', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '::ffff:10.0.0.1', '64:ff9b::a00:1'],
  ...['2002:a00:1::', '2001:db8::1', '2001:0:1::1', '168.63.129.16', 'example.com', ''],
])('treats %s as not public', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(['93.184.216.34', '172.32.0.1', '2606:2800:220:1::1', '2a00:1450:4001::1'])(
  'treats %s as public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  'ftp://example.com/',
  'file:///etc/passwd',
  'https://user:secret@example.com/',
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::1]:9090/metrics',
  'http://[::ffff:127.0.0.1]/',
  'http://localhost:3000/',
  'http://galley.localhost/',
  'http://api:3000/',
  'http://api.internal./',
  'example.com',
  '',
])('refuses %s', (url) => {
  expect(isAcceptableUrl(url, new Set())).toBe(false);
});

test.each(['https://example.com/hooks?id=1', 'http://93.184.216.34:8080/', 'https://a.b.example.'])(
  'accepts %s',
  (url) => {
    expect(isAcceptableUrl(url, new Set())).toBe(true);
  },
);

const listed = new Set(['third-parties:3000', '10.0.0.7:80', '169.254.169.254:80']);

test.each([
  ['http://third-parties:3000/hooks/demo', true],
  ['http://10.0.0.7/', true],
  ['http://third-parties:3001/', false],
  ['https://third-parties/', false],
  ['http://10.0.0.8/', false],
  ['http://api:3000/', false],
  ['http://third-parties:3000@10.0.0.8/', false],
  ['file://third-parties:3000/etc/passwd', false],
])('accepts %s of a list of exact hosts: %s', (url, isAccepted) => {
  expect(isAcceptableUrl(url, listed)).toBe(isAccepted);
});

test('sends to no link-local address, not even of a listed name', async () => {
  const fetch = createGuardedFetch(new Set(['localhost:80', 'metadata.test:80']));
  const forbidden = [
    ...['169.254.169.254', 'fe80::1', 'fd00:ec2::254', '0.0.0.0', '168.63.129.16'],
    ...['100.100.100.200', '192.0.0.192', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::1'],
  ];
  for (const address of forbidden) expect(isPrivateHost(`${bracketed(address)}:80`)).toBe(false);
  const sending = fetch('http://169.254.169.254/', { method: 'POST', body: '{}' });
  await expect(sending).rejects.toBeInstanceOf(ForbiddenAddressError);
});

test.each(['*:80', '*.internal:80', 'hooks.lan'])('lists no %s, which is no exact host', (text) => {
  expect(isPrivateHost(text)).toBe(false);
});

const bracketed = (address: string) => (address.includes(':') ? `[${address}]` : address);

test('sends nothing to a private address, or to a name that resolves to one', async () => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const fetch = createGuardedFetch(new Set());
  for (const host of ['localhost', '127.0.0.1']) {
    const sending = fetch(`http://${host}:${port}/`, { method: 'POST', body: '{}' });
    await expect(sending).rejects.toBeInstanceOf(ForbiddenAddressError);
  }
  expect(requests).toBe(0);
  const open = createGuardedFetch(new Set([`127.0.0.1:${port}`]));
  expect((await open(`http://127.0.0.1:${port}/`, { body: '{}' })).status).toBe(200);
  expect(requests).toBe(1);
  server.close();
});
