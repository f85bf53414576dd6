import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeTokenKeys } from '@watchkeeper/galley/testing/token-keys';
import { createEnvironmentReader } from '@watchkeeper/telemetry';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { readConfiguration } from '../config.ts';

let folder: string;

let keys: string;

beforeAll(() => {
  folder = makeTemporaryFolder('gateway');
  keys = writeTokenKeys(folder).TOKEN_KEYS_FILE;
});

afterAll(removeTemporaryFolders);

/** The faults of the gateway's own file with some of its text replaced. */
function faultsOf(text: string, environment: Record<string, string> = {}): readonly string[] {
  const file = join(folder, 'routes.yml');
  writeFileSync(file, text);
  const addresses = { API_URL: 'http://api:3000', API_MANAGEMENT_URL: 'http://api:9090' };
  const secret = { TOKEN_KEYS_FILE: keys };
  const reader = createEnvironmentReader({
    ROUTES_FILE: file,
    ...addresses,
    ...secret,
    ...environment,
  });
  try {
    readConfiguration(reader);
    return [];
  } catch (error) {
    return (error as { faults: string[] }).faults;
  }
}

const valid = `
upstreams:
  api:
    capability: ordering
rateLimits:
  user:
    strategy: fixed-window
    per: user
routes:
  - path: /api/*
    upstream: api
`;

test('uses defaults for absent settings', () => {
  expect(faultsOf(valid)).toEqual([]);
});

test('lists every error of the file and the environment', () => {
  const text = valid.replace('upstream: api', 'upstream: shop').replace('/api/*', '/Metrics');
  expect(
    faultsOf(text, {
      API_URL: 'api:3000',
      PORT: 'http',
      CORS_ORIGINS: 'https://a.example, b',
      TOKEN_KEYS_FILE: '/none',
      ADDRESS_LIMIT_FACTOR: '0',
    }),
  ).toEqual([
    'routes.yml: routes.0.path: Expected a lower-case path, optionally ending in `/*`.',
    'routes.yml: routes.0: Expected one of `upstreams`, got `shop`.',
    'Expected `TOKEN_KEYS_FILE` to name a readable file, got `/none` (ENOENT).',
    'Expected `CORS_ORIGINS` to be a comma-separated list of origins, got `b`.',
    'Expected `PORT` to be an integer from 0 to 65535, got `http`.',
    'Expected `ADDRESS_LIMIT_FACTOR` to be a number from 0.01 to 10000, got `0`.',
  ]);
});

test.each([
  ['upstream: api', 'upstream: shop', 'routes.0: Expected one of `upstreams`, got `shop`.'],
  ['/api/*', '/metrics', 'routes.0.path: Expected a path that is not the gateway’s own.'],
  [
    'upstream: api',
    'upstream: api\n    rateLimits: [other]',
    'routes.0: Expected one of `rateLimits`, got `other`.',
  ],
  [
    'upstream: api',
    'upstream: api\n    auth: none\n    rateLimits: [user]',
    'routes.0: Expected `auth: token` beside the limit per user `user`.',
  ],
  [
    'upstream: api',
    'upstream: api\n    cacheSeconds: 5',
    'routes.0: Expected `cacheSeconds` only on a route without a token: its responses are shared.',
  ],
  [
    'upstream: api\n',
    'upstream: api\n  - path: /api/*\n    upstream: api\n',
    'routes.1: Expected each route once, got `* /api/*` again.',
  ],
  [
    'routes:',
    'everyRequest: [user]\nroutes:',
    'everyRequest.0: Expected a rate limit per address, got `user`.',
  ],
  ['routes:', 'routes: [', 'Nested mappings are not allowed in compact mappings at line 10'],
])('refuses %j as %j', (part, other, fault) => {
  const [first] = faultsOf(valid.replace(part, other));
  expect(first).toContain(`routes.yml: ${fault}`);
});

test('reports an unreadable file', () => {
  expect(faultsOf(valid, { ROUTES_FILE: '/none' })).toEqual([
    'Expected `ROUTES_FILE` to name a readable file, got `/none` (ENOENT).',
  ]);
});
