import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { ComposeModel, ComposeService } from '@watchkeeper/compose/compose-model';
import { repositoryRoot } from '@watchkeeper/stack';
import { auditCompose, secretVolumeProblems } from './compose-check.ts';
import { buildProblems, pinProblems } from './images.ts';

const sound: ComposeService = {
  image: 'example/api:1.2.3',
  user: '1000:1000',
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  mem_limit: '67108864',
  memswap_limit: '67108864',
  pids_limit: 100,
  logging: { options: { 'max-size': '10m', 'max-file': '3' } },
  healthcheck: { test: ['CMD', 'true'] },
  restart: 'unless-stopped',
  networks: { observability: null },
  ports: [{ host_ip: '127.0.0.1', target: 3000 }],
  volumes: [{ type: 'bind', source: '/etc/x', target: '/etc/x', read_only: true }],
  environment: { PASSWORD_FILE: '/run/secrets/password', PASSWORD: null },
};

function audit(change: Partial<ComposeService>, exceptions = {}) {
  const model: ComposeModel = { name: 'x', services: { api: { ...sound, ...change } } };
  return auditCompose(model, exceptions);
}

test('finds nothing in a sound service', () => {
  expect(audit({})).toEqual([]);
});

test.each<[string, Partial<ComposeService>, string]>([
  ['root', { user: '0:0' }, 'expected a user other than root, got `0:0`'],
  ['no user', { user: '' }, 'expected a user other than root, got ``'],
  ['a writable root', { read_only: false }, 'expected `read_only: true`'],
  ['privileges', { privileged: true }, 'expected no `privileged`'],
  ['kept capabilities', { cap_drop: [] }, 'expected `cap_drop: [ALL]`'],
  ['an added one', { cap_add: ['NET_RAW'] }, 'expected no added capability, got `NET_RAW`'],
  ['new privileges', { security_opt: [] }, 'expected `no-new-privileges:true`'],
  [
    'swap',
    { memswap_limit: '134217728' },
    'expected `memswap_limit` to be its `mem_limit`, got `134217728`',
  ],
  [
    'no memory limit',
    { mem_limit: '0', memswap_limit: '0' },
    'expected a `mem_limit` of at most 1 GiB, got `0`',
  ],
  ['no process limit', { pids_limit: 0 }, 'expected a `pids_limit`, got `0`'],
  ['endless logs', { logging: {} }, 'expected logs bounded by `max-size` and `max-file`'],
  ['no health check', { healthcheck: { test: ['NONE'] } }, 'expected a health check'],
  ['no restart', { restart: 'no' }, 'expected a restart policy, got `no`'],
  ['an empty restart', { restart: '' }, 'expected a restart policy, got ``'],
  [
    'a public port',
    { ports: [{ target: 80 }] },
    'expected port 80 on 127.0.0.1 only, got `every address`',
  ],
  [
    'a published management port',
    {
      environment: { METRICS_PORT: '3000', METRICS_BIND_ADDRESS: 'api.observability' },
    },
    'expected its management port not to be published',
  ],
  [
    'metrics on every address',
    { environment: { METRICS_PORT: '9090', METRICS_BIND_ADDRESS: '0.0.0.0' } },
    'expected `METRICS_BIND_ADDRESS` to be `api.observability`, got `0.0.0.0`',
  ],
  [
    "the host's network",
    { network_mode: 'host' },
    'expected networks of `edge`, `observability`, `data`, got `host`',
  ],
  ["the host's processes", { pid: 'host' }, 'expected no namespace of the host'],
  [
    'the socket',
    { volumes: [{ type: 'bind', source: '/run/docker.sock', target: '/s', read_only: true }] },
    'expected no docker.sock: it is as good as root',
  ],
  [
    'a writable mount',
    { volumes: [{ type: 'bind', source: '/etc/x', target: '/etc/x' }] },
    'expected `/etc/x` to be mounted read-only',
  ],
  [
    'a default password',
    { environment: { POSTGRES_PASSWORD: 'galley' } },
    'expected `POSTGRES_PASSWORD` to come from a file',
  ],
  [
    'a password in an address',
    { environment: { DATABASE_URL: 'postgres://galley:galley@postgres/galley' } },
    'expected `DATABASE_URL` to come from a file',
  ],
])('refuses %s', (_, change, problem) => {
  expect(audit(change)).toEqual([`service \`api\`: ${problem}.`]);
});

test('accepts an exception with its reason, and refuses an unused one', () => {
  const exceptions = { 'user api': 'a reason' };
  expect(audit({ user: '0' }, exceptions)).toEqual([]);
  expect(audit({}, exceptions)).toEqual(['the exception `user api` is unused. Remove it.']);
});

test('an image is built once, and waited for by all that use it', () => {
  const image = 'x/shop:1.2.3';
  const depends_on = { prepare: { condition: 'service_completed_successfully' } };
  const sound = {
    prepare: { image, build: {} },
    api: { image, pull_policy: 'never', depends_on },
    web: { image, pull_policy: 'never', depends_on: { api: { condition: 'service_healthy' } } },
  };
  expect(buildProblems({ services: sound })).toEqual([]);
  const services = { ...sound, web: { image, build: {} } };
  expect(buildProblems({ services })).toEqual(
    expect.arrayContaining([
      'service `web`: expected `x/shop:1.2.3` to be built by `prepare` alone.',
      'service `web`: expected `pull_policy: never`, got `undefined`.',
      'service `web`: expected it to start after `prepare`, which builds its image.',
    ]),
  );
});

const digest = `sha256:${'0'.repeat(64)}`;

test.each([
  ['with a tag alone', `image: \${LOKI_IMAGE:-grafana/loki:3.7.8}`],
  ['with a digest alone', `image: \${LOKI_IMAGE:-grafana/loki@${digest}}`],
  ['with a floating tag', `image: \${LOKI_IMAGE:-grafana/loki:latest@${digest}}`],
  ['that nothing can replace', `image: grafana/loki:3.7.8@${digest}`],
])('refuses an image %s', (_, line) => {
  const image = line.slice('image: '.length);
  expect(pinProblems('a.yml', line)).toEqual([
    `a.yml: expected \`\${NAME_IMAGE:-name:tag@sha256:digest}\`, got \`${image}\`.`,
  ]);
});

test.each([
  ['a.yml', "x: { image: 'redis:7', user: a }"],
  ['a.yml', '    image:\n      redis:7'],
  ['a.yml', '    "image": redis:7'],
  ['a.yml', '    image : redis:7'],
  ['a.yml', '  - image: redis:7'],
  ['a.yml', '    image: watchkeeper/other:1.0.0'],
  ['a.yml', '        NODE_IMAGE: node:24'],
  ['Dockerfile', 'FROM redis:7'],
  ['Dockerfile', 'from --platform=linux/amd64 redis:7 as base'],
  ['Dockerfile', `ARG BASE=node:24@${digest}\nFROM \${BASE}`],
  ['Dockerfile', 'COPY --from=busybox:1.37 /bin/sh /bin/sh'],
  ['Dockerfile', 'RUN --mount=type=bind,from=busybox:1.37,target=/b true'],
  ['Dockerfile', '# syntax=docker/dockerfile:1'],
])('finds the image in %s: %s', (file, text) => {
  expect(pinProblems(file, text)).toHaveLength(1);
});

test('accepts stages and comments', () => {
  const text = `FROM \${NODE_IMAGE} AS one\nFROM one\nCOPY --from=one /a /b\nFROM scratch`;
  expect(pinProblems('Dockerfile', text)).toEqual([]);
  expect(pinProblems('a.yml', '  # image: redis:7')).toEqual([]);
});

test('accepts a pinned image, and those for which there is a reason', () => {
  const images = [
    `    image: \${LOKI_IMAGE:-grafana/loki:3.7.8@${digest}}`,
    `    image: \${PROMTAIL_IMAGE:-grafana/promtail:3.6.11}`,
    '    image: watchkeeper/galley:0.1.0',
  ];
  expect(pinProblems('a.yml', images.join('\n'))).toEqual([]);
  expect(pinProblems('Dockerfile', `ARG NODE_IMAGE=node:24-alpine3.24@${digest}`)).toEqual([]);
  expect(pinProblems('Dockerfile', 'ARG NODE_IMAGE=node:24')).toHaveLength(1);
});

test('the base image of the build is one that renovate finds', () => {
  const read = (file: string) => readFileSync(join(repositoryRoot, file), 'utf8');
  const [manager] = JSON.parse(read('renovate.json')).customManagers;
  const found = new RegExp(manager.matchStrings[0]).exec(read('docker-compose.yml'));
  expect(found?.groups).toMatchObject({ depName: 'node', currentDigest: expect.any(String) });
});

test("refuses a service that mounts another's secrets", () => {
  const volume = (source: string) => ({ type: 'volume', source, target: '/run/secrets' });
  const services = {
    api: { volumes: [volume('api-secrets')] },
    worker: { volumes: [volume('api-secrets'), volume('secrets')] },
    'galley-prepare': { volumes: [volume('api-secrets'), volume('secrets')] },
  };
  expect(secretVolumeProblems({ services })).toEqual([
    'service `worker`: expected no secrets but its own, got `api-secrets`.',
    'service `worker`: expected no secrets but its own, got `secrets`.',
  ]);
});
