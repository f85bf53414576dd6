import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { freePort, killStartedProcesses, startProcess } from '@watchkeeper/testing/started-process';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';

afterEach(killStartedProcesses);
afterAll(removeTemporaryFolders);

const run = promisify(execFile);
const packageFolder = join(import.meta.dirname, '..');
const root = join(packageFolder, '../..');
const { config } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Packs with the pinned pnpm, which `npx` has from the installation of this repository. */
async function pack(folder: string): Promise<string> {
  const words = ['--yes', `pnpm@${config.pnpm}`, 'pack', '--pack-destination', folder];
  await run('npx', words, { cwd: packageFolder });
  const [archive] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  return join(folder, archive ?? '');
}

async function isRegistryReachable(): Promise<boolean> {
  try {
    const { stdout } = await run('npm', ['config', 'get', 'registry']);
    await fetch(stdout.trim(), { method: 'HEAD', signal: AbortSignal.timeout(5_000) });
    return true;
  } catch {
    // Whatever the reason is, without a registry nobody can install anything.
    return false;
  }
}

const service = `
import { runService, serveHttp } from '@watchkeeper/telemetry';

await runService(() => ({}), async (_, telemetry) => {
  await telemetry.startManagement();
  const hello = (_request, response) => response.end('hello');
  await serveHttp(telemetry, hello, { port: 0, bindAddress: '127.0.0.1' });
});
`;

const typed = `
import { instrumentCache, type Telemetry } from '@watchkeeper/telemetry';

export const wrap = (telemetry: Telemetry): Map<string, number> =>
  instrumentCache(new Map<string, number>(), telemetry, { name: 'numbers' });
// @ts-expect-error A wrapper without options: were the types missing, this would be no error.
export const unnamed = (telemetry: Telemetry) => instrumentCache(new Map(), telemetry);
`;

/** A folder with the packed library in it and nothing else: no Express, no pg, no ws. */
async function installPacked(): Promise<string> {
  const folder = makeTemporaryFolder('packed');
  const archive = await pack(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(join(folder, 'main.js'), service);
  writeFileSync(join(folder, 'typed.ts'), typed);
  const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...flags, archive], { cwd: folder });
  return folder;
}

// By name, so that a run without a network says what it did not prove.
const testOnline = (await isRegistryReachable()) ? test : test.skip;

testOnline(
  'works packed and alone, without its optional peers (needs the npm registry)',
  async () => {
    const folder = await installPacked();
    const modules = readdirSync(join(folder, 'node_modules'));
    expect(modules.filter((name) => ['express', 'pg', 'ws'].includes(name))).toEqual([]);
    const packed = join(folder, 'node_modules/@watchkeeper/telemetry');
    const entries = readdirSync(packed, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(packed, join(parentPath, name)));
    expect(files.filter((file) => !/^dist\/.+\.(js|d\.ts)$/.test(file)).sort()).toEqual([
      ...['LICENSE', 'README.md', 'package.json'],
    ]);
    const metricsPort = await freePort();
    const environment = {
      OTEL_SERVICE_NAME: 'packed',
      OTEL_TRACES_SAMPLER: 'always_off',
      METRICS_PORT: String(metricsPort),
    };
    const preload = ['--import', '@watchkeeper/telemetry/instrumentation', 'main.js'];
    const running = startProcess(preload, { folder, environment });
    const { address } = await running.lineOf('server_started');
    expect(await (await fetch(`http://${address}/`)).text()).toBe('hello');
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toContain('build_info{');
    expect(await running.stop()).toBe(0);
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext'];
    await run(process.execPath, [compiler, ...flags, '--target', 'es2024', 'typed.ts'], {
      cwd: folder,
    });
  },
  // Packing, installing and compiling, each in a process of its own.
  300_000,
);
