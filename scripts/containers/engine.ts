import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandResult, runCommand } from '../../packages/stack/src/run-command.ts';
import { messageOf, StackError } from '../../packages/stack/src/stack-error.ts';
import { cacheFolderOf } from '../../packages/stack/src/tools/ensure-tools.ts';
import { fetchPackages, packageFolder } from '../../packages/stack/src/tools/fetch-packages.ts';
import { isAtLeast } from '../../packages/stack/src/tools/version.ts';

/** A Docker engine that answers, and the compose that speaks to it. */
export interface Engine {
  readonly version: string;
  readonly composeVersion: string;
  /** What a process needs in its environment to find both. */
  readonly environment: NodeJS.ProcessEnv;
}

// `include` came with 2.20; 2.24 is the first whose `up --wait` takes a one-shot that ended well.
const minimumCompose: [number, number] = [2, 24];
// The first with `host-gateway`, which Prometheus' entry for services on the host needs.
const minimumEngine: [number, number] = [20, 10];
const startTimeoutMs = 60_000;

/** Runs `docker` with the environment of an engine. */
export function docker(parameters: string[], engine?: Pick<Engine, 'environment'>) {
  return runCommand('docker', parameters, { env: engine?.environment ?? process.env });
}

/** Runs `docker` and returns what it said; throws its complaint when it fails. */
export async function dockerOrThrow(
  parameters: string[],
  engine?: Pick<Engine, 'environment'>,
): Promise<string> {
  const { code, stdout, stderr } = await docker(parameters, engine);
  if (code === 0) return stdout.trim();
  throw new StackError(`\`docker ${parameters.join(' ')}\` failed: ${(stderr || stdout).trim()}`);
}

/** The engine that answers, with everything that is wrong with it. */
export async function findEngine(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<{ engine?: Engine; faults: readonly string[] }> {
  const asked = await docker(['version', '--format', '{{.Server.Version}}'], { environment });
  if (asked.code !== 0) return { faults: [describeSilence(asked)] };
  const version = asked.stdout.trim();
  const faults: string[] = [];
  if (!isAtLeast(version, minimumEngine)) {
    const wanted = minimumEngine.join('.');
    faults.push(`Expected Docker Engine ${wanted} or newer, got \`${version}\`. Update Docker.`);
  }
  const compose = await docker(['compose', 'version', '--short'], { environment });
  const composeVersion = compose.code === 0 ? compose.stdout.trim().replace(/^v/, '') : undefined;
  if (composeVersion === undefined || !isAtLeast(composeVersion, minimumCompose)) {
    faults.push(
      `Expected Docker Compose ${minimumCompose.join('.')} or newer, got ` +
        `\`${composeVersion ?? 'none'}\`. Install the package \`docker-compose-plugin\`.`,
    );
  }
  if (faults.length > 0 || composeVersion === undefined) return { faults };
  return { engine: { version, composeVersion, environment }, faults };
}

function describeSilence({ stderr }: CommandResult): string {
  if (/ENOENT/.test(stderr)) {
    return 'Expected the command `docker`, found none on PATH. Install Docker, or use `npm start -- --native`.';
  }
  if (/permission denied/i.test(stderr)) {
    return 'Expected to be allowed to talk to the Docker engine, got `permission denied`. Add your user to the group `docker` and log in anew.';
  }
  return `Expected a Docker engine to answer, got \`${stderr.trim().split('\n').at(-1)}\`. Start Docker, or use \`npm start -- --native\`.`;
}

/**
 * Finds an engine; on a Debian machine where we are root and may change it, installs one from
 * Debian's archive and starts it when none answers.
 * @throws StackError that says what is missing and why it could not be had
 */
export async function ensureEngine(options: {
  mayInstall: boolean;
  onProgress?: (message: string) => void;
}): Promise<Engine> {
  const first = await findEngine();
  if (first.engine) return first.engine;
  if (!options.mayInstall) throw new StackError(first.faults.join('\n'));
  const isDebian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (!isDebian) {
    throw new StackError(`${first.faults.join('\n')} Only root on Debian can install one here.`);
  }
  if ((await docker(['version'])).code !== 0) await installEngine(options.onProgress);
  const environment = await withCompose(options.onProgress);
  const { engine, faults } = await findEngine(environment);
  if (!engine) throw new StackError(faults.join('\n'));
  return engine;
}

async function installEngine(onProgress?: (message: string) => void): Promise<void> {
  const missing = ['dockerd', 'iptables', 'debootstrap'].filter(
    (name) => !existsSync(join('/usr/sbin', name)),
  );
  if (missing.length > 0) {
    onProgress?.("installing docker.io, iptables and debootstrap from Debian's archive");
    await aptGet(['update']);
    await aptGet([
      'install',
      '-y',
      '--no-install-recommends',
      'docker.io',
      'iptables',
      'debootstrap',
    ]);
  }
  onProgress?.('starting dockerd');
  await startEngine();
}

async function aptGet(parameters: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { code, stdout, stderr } = await runCommand('apt-get', ['-q', ...parameters], { env });
  if (code === 0) return;
  throw new StackError(`\`apt-get ${parameters.join(' ')}\` failed: ${(stderr || stdout).trim()}`);
}

/** Starts an engine that outlives us, as a service would; there is no service manager to ask. */
async function startEngine(): Promise<void> {
  const folder = cacheFolderOf();
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, 'dockerd.log');
  const log = openSync(logFile, 'a');
  spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] })
    .on('error', () => {})
    .unref();
  closeSync(log);
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if ((await docker(['version'])).code === 0) return;
    await sleep(300);
  }
  const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n');
  throw new StackError(`Expected \`dockerd\` to answer within a minute, got none:\n${tail}`);
}

/** The environment in which `docker compose` is there: the machine's own, else one of our cache. */
async function withCompose(onProgress?: (message: string) => void): Promise<NodeJS.ProcessEnv> {
  const { code, stdout } = await docker(['compose', 'version', '--short']);
  if (code === 0 && isAtLeast(stdout.trim().replace(/^v/, ''), minimumCompose)) return process.env;
  const cacheFolder = cacheFolderOf();
  try {
    const plugin = join('usr/libexec/docker/cli-plugins', 'docker-compose');
    const target = join(packageFolder(cacheFolder, 'docker-compose'), plugin);
    if (!existsSync(target)) {
      await fetchPackages(['docker-compose'], {
        cacheFolder,
        ...(onProgress ? { onProgress } : {}),
      });
    }
    const folder = join(cacheFolder, 'docker', 'cli-plugins');
    mkdirSync(folder, { recursive: true });
    if (!existsSync(join(folder, 'docker-compose'))) {
      symlinkSync(target, join(folder, 'docker-compose'));
    }
    return { ...process.env, DOCKER_CONFIG: join(cacheFolder, 'docker') };
  } catch (error) {
    throw new StackError(`Docker Compose could not be had: ${messageOf(error)}`, { cause: error });
  }
}
