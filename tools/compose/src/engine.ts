import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandResult, runCommand, runOrThrow } from '@watchkeeper/stack/run-command';
import { StackError } from '@watchkeeper/stack/stack-error';
import { cacheFolderOf } from '@watchkeeper/stack/tools/ensure-tools';
import { isAtLeast } from '@watchkeeper/stack/tools/version';
import { ensureCompose, findCompose } from './compose-client.ts';

/** A Docker engine that answers, and the compose that speaks to it. */
export interface Engine {
  readonly version: string;
  readonly composeVersion: string;
  /** The environment with which a process finds both. */
  readonly environment: NodeJS.ProcessEnv;
}

// The first with `host-gateway`, which Prometheus' entry for services on the host needs.
const minimumEngine: [number, number] = [20, 10];
const startTimeoutMs = 60_000;

/** Runs `docker` with the environment of an engine. */
export function docker(parameters: string[], engine?: Pick<Engine, 'environment'>) {
  return runCommand('docker', parameters, { env: engine?.environment ?? process.env });
}

/** Returns the trimmed output; throws a StackError with that of a failure. */
export async function dockerOrThrow(
  parameters: string[],
  { environment: env }: Pick<Engine, 'environment'>,
): Promise<string> {
  return (await runOrThrow('docker', parameters, { env })).trim();
}

/** Whether the image is on this machine. */
export async function hasImage(image: string, engine: Engine): Promise<boolean> {
  return (await docker(['image', 'inspect', image], engine)).code === 0;
}

/** The engine, or its faults. */
export async function findEngine(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<{ engine?: Engine; faults: readonly string[] }> {
  const answer = await docker(['version', '--format', '{{.Server.Version}}'], { environment });
  if (answer.code !== 0) return { faults: [describeFailure(answer)] };
  const version = answer.stdout.trim();
  const faults: string[] = [];
  if (!isAtLeast(version, minimumEngine)) {
    const wanted = minimumEngine.join('.');
    faults.push(`Expected Docker Engine ${wanted} or newer, got \`${version}\`. Update Docker.`);
  }
  const compose = await findCompose(environment);
  if ('fault' in compose) return { faults: [...faults, compose.fault] };
  if (faults.length > 0) return { faults };
  return { engine: { version, composeVersion: compose.version, environment }, faults };
}

function describeFailure({ stderr }: CommandResult): string {
  if (/ENOENT/.test(stderr)) {
    return 'Expected the command `docker`, found none on PATH. Install Docker, or use `npm start -- --native`.';
  }
  if (/permission denied/i.test(stderr)) {
    return 'Expected to be allowed to talk to the Docker engine, got `permission denied`. Add your user to the group `docker` and log in again.';
  }
  return `Expected a Docker engine to answer, got \`${stderr.trim().split('\n').at(-1)}\`. Start Docker, or use \`npm start -- --native\`.`;
}

/**
 * Finds an engine; on a Debian machine where we are root and may change it, installs one from
 * Debian's archive and starts it when none answers.
 * @throws StackError that names the missing part and why it could not be installed
 */
export async function ensureEngine(options: {
  mayInstall: boolean;
  onProgress?: (message: string) => void;
}): Promise<Engine> {
  const first = await findEngine();
  if (first.engine) return first.engine;
  if (!options.mayInstall) throw new StackError(first.faults.join('\n'));
  if (!mayRunEngine()) {
    throw new StackError(
      `${first.faults.join('\n')} Only root on Debian, with CAP_SYS_ADMIN and CAP_NET_ADMIN, can start one here.`,
    );
  }
  if ((await docker(['version'])).code !== 0) await installEngine(options.onProgress);
  const { environment } = await ensureCompose(options.onProgress);
  const { engine, faults } = await findEngine(environment);
  if (!engine) throw new StackError(faults.join('\n'));
  return engine;
}

// Bits of linux/capability.h: an engine mounts file systems and makes networks.
const neededCapabilities = (1n << 21n) | (1n << 12n);

/** Whether this process could install and start an engine; not so in most containers. */
export function mayRunEngine(): boolean {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return false;
  const [, effective = '0'] =
    /^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return (BigInt(`0x${effective}`) & neededCapabilities) === neededCapabilities;
}

async function installEngine(onProgress?: (message: string) => void): Promise<void> {
  const missing = ['dockerd', 'iptables', 'debootstrap'].filter(
    (name) => !existsSync(join('/usr/sbin', name)),
  );
  if (missing.length > 0) {
    onProgress?.("installing docker.io, iptables and debootstrap from Debian's archive");
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const packages = ['docker.io', 'iptables', 'debootstrap'];
    await runOrThrow('apt-get', ['-q', 'update'], { env });
    const install = ['install', '-y', '--no-install-recommends', ...packages];
    await runOrThrow('apt-get', ['-q', ...install], { env });
  }
  onProgress?.('starting dockerd');
  await startEngine();
}

/** Starts an engine that outlives us; in a container there is no service manager. */
async function startEngine(): Promise<void> {
  const folder = cacheFolderOf();
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, 'dockerd.log');
  const log = openSync(logFile, 'a');
  spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] })
    .on('error', () => {})
    .unref();
  closeSync(log);
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await sleep(300)) {
    if ((await docker(['version'])).code === 0) return;
  }
  const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n');
  throw new StackError(`Expected \`dockerd\` to answer within a minute, got none:\n${tail}`);
}
