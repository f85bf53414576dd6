import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { examineAll } from './doctor.ts';

// The answers of `docker`; each variable is one possible fault.
const fakeDocker = `#!/bin/sh
case "$*" in
  'version --format'*)
    [ -z "$SILENCE" ] || { echo "$SILENCE" >&2; exit 1; }
    echo "\${ENGINE_VERSION:-28.2.2}" ;;
  'compose version --short') echo "\${COMPOSE_VERSION:-2.40.3}" ;;
  'compose config --format json')
    [ -z "$COMPOSE_ERROR" ] || { echo "$COMPOSE_ERROR" >&2; exit 15; }
    echo "$MODEL" ;;
  'info '*) echo / ;;
  'run '*grafana-secrets*) [ -z "$UNREADABLE_SECRET" ] ;;
  'run '*verify-config*) [ -z "$LOKI_SAYS" ] || { echo "$LOKI_SAYS"; exit 1; } ;;
  *) ;;
esac
`;
const model = {
  name: 'galley',
  services: {
    prepare: { image: 'example/tool:1.0', command: ['secret=grafana/admin-password:472'] },
    loki: { image: 'example/loki:1.0' },
  },
};

let root: string;

beforeEach(() => {
  root = makeTemporaryFolder('doctor');
  for (const folder of ['bin', 'monitoring', 'monitoring/loki', 'runbooks']) {
    mkdirSync(join(root, folder));
    chmodSync(join(root, folder), 0o755);
  }
  for (const file of ['docker-compose.yml', 'docker-compose.monitoring.yml']) {
    writeFileSync(join(root, file), 'services: {}\n');
  }
  writeFileSync(join(root, 'monitoring/loki/loki.yml'), 'server: {}\n', { mode: 0o644 });
  writeFileSync(join(root, 'bin/docker'), fakeDocker, { mode: 0o755 });
});
afterEach(removeTemporaryFolders);

async function examine(state: Record<string, string> = {}) {
  const PATH = `${join(root, 'bin')}:/usr/bin:/bin`;
  const environment = { PATH, MODEL: JSON.stringify(model), ...state };
  const findings = await examineAll({ root, project: 'galley', environment });
  return { findings, faults: findings.flatMap(({ faults = [] }) => faults) };
}

test('finds nothing where all is well', async () => {
  const { findings } = await examine();
  expect(findings.map(({ faults }) => faults)).toEqual(findings.map(() => []));
});

test.each<[string, Record<string, string>, string]>([
  [
    'an old engine',
    { ENGINE_VERSION: '19.3.15' },
    'Expected Docker Engine 20.10 or newer, got `19.3.15`. Update Docker.',
  ],
  [
    'an old compose',
    { COMPOSE_VERSION: '2.19.1' },
    'Expected Docker Compose 2.24 or newer, got `2.19.1`. Install the package `docker-compose-plugin`, or `docker-compose` of Debian 13 or newer.',
  ],
  [
    'an engine that does not answer',
    { SILENCE: 'Cannot connect to the Docker daemon.' },
    'Expected a Docker engine to answer, got `Cannot connect to the Docker daemon.`. Start Docker, or use `npm start -- --native`.',
  ],
  [
    'an engine that is for others',
    { SILENCE: 'dial unix /var/run/docker.sock: connect: permission denied' },
    'Expected to be allowed to talk to the Docker engine, got `permission denied`. Add your user to the group `docker` and log in again.',
  ],
  [
    'compose files with an error',
    { COMPOSE_ERROR: 'services.loki.ports must be a list' },
    'The compose files have an error: services.loki.ports must be a list',
  ],
  [
    'a secret that its reader cannot read',
    { UNREADABLE_SECRET: 'yes' },
    'Expected user 472 to be able to read `admin-password` in the volume `galley_grafana-secrets`. Run `docker compose up -d prepare galley-prepare`, which hands it out again.',
  ],
  [
    'a configuration that its component rejects',
    { LOKI_SAYS: 'field retention not found in /configuration/loki/loki.yml' },
    'monitoring/loki/loki.yml: `example/loki:1.0` rejects it: field retention not found in monitoring/loki/loki.yml Correct it.',
  ],
])('names %s, and the fix', async (_, state, fault) => {
  expect((await examine(state)).faults).toEqual([fault]);
});

test('names the command where there is no Docker at all', async () => {
  const { faults } = await examine({ PATH: join(root, 'runbooks') });
  expect(faults).toEqual([
    'Expected the command `docker`, found none on PATH. Install Docker, or use `npm start -- --native`.',
  ]);
});

test('names the examinations that need an engine', async () => {
  const { findings } = await examine({ SILENCE: 'no' });
  expect(findings.filter(({ faults }) => faults === undefined).map(({ name }) => name)).toEqual([
    'disk space',
    'components take their configuration',
    'containers may read their secrets',
  ]);
});
