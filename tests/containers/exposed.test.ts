import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { dockerOrThrow } from '@watchkeeper/compose/engine';
import { portVariables } from '@watchkeeper/compose/examine';
import { repositoryRoot } from '@watchkeeper/stack';
import { freePorts } from '@watchkeeper/testing/started-process';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { askOverTls, basicAuth } from '../attacks/tls.ts';
import { findMachine, type Machine } from './machine.ts';

jest.setTimeout(120_000);

const machine = await findMachine();
// Those for which there is an image wherever there is an engine.
const services = ['prepare', 'tls-prepare', 'gate', 'prometheus', 'alertmanager', 'node-exporter'];

if ('reason' in machine) {
  test.skip(`docker-compose.tls.yml runs (${machine.reason})`, () => {});
} else {
  describeExposed(machine);
}

function describeExposed({ engine }: Machine): void {
  const folder = join(makeTemporaryFolder('tls'), 'secrets');
  const files = ['-f', 'docker-compose.yml', '-f', 'docker-compose.tls.yml'];
  const variables = [...portVariables(repositoryRoot).keys()];
  const ports = new Map<string, number>();
  const secret = (name: string) => readFileSync(join(folder, name), 'utf8');
  const compose = (...parameters: string[]) =>
    dockerOrThrow(
      ['compose', '--project-directory', repositoryRoot, '-p', 'watchkeeper-tls', ...parameters],
      {
        environment: {
          ...process.env,
          ...engine.environment,
          ...Object.fromEntries([...ports].map(([name, port]) => [name, String(port)])),
          TLS_FOLDER: folder,
        },
      },
    );

  const ask = (variable: string, path: string, password = '') =>
    askOverTls(path, {
      port: ports.get(variable),
      ca: secret('ca.crt'),
      headers: password === '' ? {} : basicAuth('operator', password),
    });

  beforeAll(async () => {
    for (const [index, port] of (await freePorts(variables.length)).entries()) {
      ports.set(variables[index] ?? '', port);
    }
    execFileSync(join(repositoryRoot, 'monitoring/tls/prepare.sh'), {
      env: { PATH: process.env.PATH, TLS_FOLDER: folder },
    });
    const paths = files.map((word) => (word === '-f' ? word : join(repositoryRoot, word)));
    await compose(...paths, 'up', '-d', '--wait', ...services);
  }, 300_000);

  afterAll(async () => {
    await compose('down', '-v', '--remove-orphans');
    removeTemporaryFolders();
  }, 120_000);

  test.each(['PROMETHEUS_PORT', 'ALERTMANAGER_PORT'])(
    '%s opens for the operator alone',
    async (port) => {
      const path = '/-/ready';
      expect((await ask(port, path)).status).toBe(401);
      expect((await ask(port, path, 'wrong')).status).toBe(401);
      expect((await ask(port, path, secret('people-password'))).status).toBe(200);
      await expect(fetch(`http://127.0.0.1:${ports.get(port)}${path}`)).rejects.toThrow();
    },
  );

  test('Prometheus scrapes the exporter over TLS', async () => {
    const path = `/api/v1/query?query=${encodeURIComponent('up{job="node-exporter"} == 1')}`;
    await waitUntil('the target', async () => {
      const { body } = await ask('PROMETHEUS_PORT', path, secret('people-password'));
      return JSON.parse(body).data.result.length === 1;
    });
  });
}
