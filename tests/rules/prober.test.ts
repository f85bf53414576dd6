// What the real prober says of names and certificates, on which the rules of probes depend.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureTool, repositoryRoot } from '@watchkeeper/stack';
import { listenOnFreePort } from '@watchkeeper/testing/server';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { parse, stringify } from 'yaml';

const run = promisify(execFile);
const folder = makeTemporaryFolder('prober');
const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
const validDays = 3;
let server: Server;
let prober: ChildProcess;
let proberUrl: string;

/** The shipped configuration, with the test's authority. */
function writeConfiguration(): string {
  const shipped = join(repositoryRoot, 'monitoring/blackbox-exporter/blackbox-exporter.yml');
  const configuration = parse(readFileSync(shipped, 'utf8'), { merge: true });
  configuration.modules.http.http.tls_config = { ca_file: certificate };
  const file = join(folder, 'blackbox-exporter.yml');
  writeFileSync(file, stringify(configuration));
  return file;
}

beforeAll(async () => {
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', String(validDays)],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', key, '-out', certificate],
  ]);
  const options = { key: readFileSync(key), cert: readFileSync(certificate) };
  server = createServer(options, (_, response) => response.end('ready'));
  await listenOnFreePort(server);
  const { path } = await ensureTool('blackbox-exporter');
  const free = createServer();
  const port = await listenOnFreePort(free);
  free.close();
  proberUrl = `http://127.0.0.1:${port}`;
  const flags = [`--config.file=${writeConfiguration()}`, `--web.listen-address=127.0.0.1:${port}`];
  prober = spawn(path, flags, { stdio: 'ignore' });
  await waitUntil('the prober', () =>
    fetch(`${proberUrl}/-/healthy`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
}, 300_000);

afterAll(async () => {
  prober.kill();
  await once(prober, 'exit');
  server.close();
  removeTemporaryFolders();
});

/** The series of one probe, by name. */
async function probe(target: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(
    `${proberUrl}/probe?${new URLSearchParams({ module: 'http', target })}`,
  );
  const lines = (await response.text()).matchAll(/^(probe_\w+) (\S+)$/gm);
  return new Map([...lines].map(([, name = '', value]) => [name, Number(value)]));
}

test('an address with a certificate says when it ends', async () => {
  const { port } = server.address() as { port: number };
  const series = await probe(`https://localhost:${port}/ready`);
  expect(series.get('probe_success')).toBe(1);
  const leftDays =
    ((series.get('probe_ssl_earliest_cert_expiry') ?? 0) - Date.now() / 1_000) / 86_400;
  expect(leftDays).toBeGreaterThan(validDays - 0.1);
  expect(leftDays).toBeLessThanOrEqual(validDays);
});

test('a name without an address has no version of IP', async () => {
  const series = await probe('http://unknown.invalid/ready');
  expect([series.get('probe_success'), series.get('probe_ip_protocol')]).toEqual([0, 0]);
});

test('a port without a listener has one', async () => {
  const series = await probe('http://127.0.0.1:9/ready');
  expect([series.get('probe_success'), series.get('probe_ip_protocol')]).toEqual([0, 4]);
});
