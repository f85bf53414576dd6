import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { composeServices, ensureTool, repositoryRoot as root } from '@watchkeeper/stack';
import { startServer, type TestServer } from '@watchkeeper/testing/server';
import { freePorts } from '@watchkeeper/testing/started-process';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { parse } from 'yaml';
import { askOverTls, basicAuth } from './tls.ts';

// Debian's programs with the files that docker-compose.tls.yml gives the containers.
const folder = makeTemporaryFolder('exposed');
const secrets = join(folder, 'secrets');
const running: ChildProcess[] = [];
const ports = { prometheus: 0, exporter: 0, gate: 0 };
let upstream: TestServer;

const prepare = () =>
  execFileSync(join(root, 'monitoring/tls/prepare.sh'), ['monitor.test', '192.0.2.7'], {
    env: { PATH: process.env.PATH, TLS_FOLDER: secrets },
  });
const secret = (name: string) => readFileSync(join(secrets, name), 'utf8');
const basic = (user: string, file: string) => basicAuth(user, secret(file)).authorization;

function start(command: string, parameters: string[], env: NodeJS.ProcessEnv = {}): void {
  running.push(spawn(command, parameters, { cwd: folder, env, stdio: 'ignore' }));
}

const ask = (port: number, path: string, headers: Record<string, string> = {}) =>
  askOverTls(path, { port, headers, ca: secret('ca.crt') });

beforeAll(async () => {
  prepare();
  const [prometheus = 0, exporter = 0, gate = 0] = await freePorts(3);
  Object.assign(ports, { prometheus, exporter, gate });
  const scrape = readFileSync(join(root, 'monitoring/tls/scrape.yml'), 'utf8')
    .replaceAll('/run/tls', secrets)
    .replace('node-exporter:9100', `127.0.0.1:${exporter}`);
  writeFileSync(join(folder, 'prometheus.yml'), `global: {scrape_interval: 1s}\n${scrape}`);
  const web = `--web.config.file=${join(secrets, 'web.yml')}`;
  const listen = (port: number) => `--web.listen-address=127.0.0.1:${port}`;
  start((await ensureTool('node-exporter')).path, [
    ...[web, listen(exporter), '--no-collector.systemd', '--collector.textfile.directory='],
  ]);
  const files = ['--config.file=prometheus.yml', `--storage.tsdb.path=${join(folder, 'data')}`];
  start((await ensureTool('prometheus')).path, [web, listen(prometheus), ...files]);
  upstream = await startServer((incoming, response) => {
    response.end(JSON.stringify(incoming.headers));
  });
  start(process.execPath, [join(root, 'monitoring/gate/gate.mjs')], {
    GATE_CERTIFICATE_FILE: join(secrets, 'people.crt'),
    GATE_KEY_FILE: join(secrets, 'people.key'),
    GATE_PEOPLE_FILE: join(secrets, 'people-password'),
    GATE_JAEGER_PORT: String(gate),
    GATE_JAEGER_URL: upstream.url,
  });
  for (const port of Object.values(ports)) {
    await waitUntil(`port ${port}`, async () => (await ask(port, '/')).status === 401);
  }
}, 300_000);

afterAll(async () => {
  for (const child of running) child.kill();
  await upstream?.close();
  removeTemporaryFolders();
});

describe('attacks on an exposed stack', () => {
  const doors: [keyof typeof ports, string, string][] = [
    ['prometheus', 'prometheus', 'exporter-password'],
    ['exporter', 'prometheus', 'exporter-password'],
    ['gate', 'operator', 'people-password'],
  ];

  test.each(doors)(
    '%s opens for the user %s with its password, and for nobody else',
    async (door, user, file) => {
      const port = ports[door];
      const wrong = [
        {},
        { authorization: `Basic ${btoa(`${user}:`)}` },
        { authorization: `Basic ${btoa(`${user}:wrong`)}` },
        { authorization: `Basic ${btoa(`admin:${secret(file)}`)}` },
        { authorization: `Bearer ${secret(file)}` },
      ];
      for (const headers of wrong) expect((await ask(port, '/metrics', headers)).status).toBe(401);
      const right = { authorization: basic(user, file) };
      expect((await ask(port, '/metrics', right)).status).toBe(200);
    },
  );

  test.each(doors)('%s speaks nothing but TLS', async (door) => {
    const plain = fetch(`http://127.0.0.1:${ports[door]}/metrics`).then(({ status }) => status);
    expect([400, 'refused']).toContain(await plain.catch(() => 'refused'));
  });

  test('the gate ends a connection that begins no TLS', async () => {
    const startedAt = performance.now();
    const socket = connect(ports.gate, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'close');
    // Ten seconds; by default Node waits for 120.
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  }, 180_000);

  test('the password of people stays at the gate', async () => {
    const { body } = await ask(ports.gate, '/', {
      authorization: basic('operator', 'people-password'),
    });
    expect(JSON.parse(body)).not.toHaveProperty('authorization');
  });

  test('Prometheus scrapes exporters over TLS, with its password', async () => {
    const headers = { authorization: basic('prometheus', 'exporter-password') };
    const query = '/api/v1/query?query=up{job="node-exporter"}==1';
    await waitUntil('the target', async () => {
      const { body } = await ask(ports.prometheus, encodeURI(query), headers);
      return JSON.parse(body).data.result.length === 1;
    });
  });

  test('the certificate is for names and addresses', () => {
    const { subjectAltName } = new X509Certificate(secret('tls.crt'));
    expect(subjectAltName).toContain('DNS:monitor.test');
    expect(subjectAltName).toContain('IP Address:192.0.2.7');
  });

  test('a certificate of people replaces none of the exporters', () => {
    // As a public authority gives it, for names that no exporter has.
    for (const name of ['people.crt', 'people.key']) writeFileSync(join(secrets, name), 'theirs');
    const own = secret('tls.crt');
    prepare();
    expect([secret('people.crt'), secret('people.key')]).toEqual(['theirs', 'theirs']);
    expect([secret('tls.crt'), secret('web.yml')]).toEqual([
      own,
      expect.not.stringContaining('people'),
    ]);
  });

  test('nobody else reads what was made, and a second run keeps it', () => {
    const names = ['ca.key', 'tls.key', 'people-password', 'exporter-password', 'web.yml'];
    for (const name of names) expect(statSync(join(secrets, name)).mode & 0o077).toBe(0);
    const before = names.slice(0, 4).map(secret);
    prepare();
    expect(names.slice(0, 4).map(secret)).toEqual(before);
  });
});

describe('docker-compose.tls.yml', () => {
  const read = (file: string) => parse(readFileSync(join(root, file), 'utf8'));

  test('keeps every flag of an exporter', () => {
    // Two tags of compose that replace a list; the parser need not know them.
    const source = readFileSync(join(root, 'docker-compose.tls.yml'), 'utf8');
    const { services } = parse(source.replaceAll(/!(override|reset)/g, ''));
    for (const name of ['node-exporter', 'postgres-exporter']) {
      expect(services[name].command).toEqual([
        ...(composeServices[name]?.command ?? []),
        '--web.config.file=/run/tls/web.yml',
      ]);
    }
  });

  test('scrapes what the other files do', () => {
    const own = read('monitoring/tls/scrape.yml').scrape_configs.flatMap(
      (job: { static_configs: unknown[] }) => job.static_configs,
    );
    const plain = read('monitoring/tls/stack.yml');
    const all = read('monitoring/prometheus/targets/stack.yml');
    const sorted = (groups: unknown[]) => groups.map((group) => JSON.stringify(group)).sort();
    expect(sorted([...own, ...plain])).toEqual(sorted(all));
  });
});
