import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '@watchkeeper/stack/run-command';
import { messageOf, StackError } from '@watchkeeper/stack/stack-error';
import { cacheFolderOf } from '@watchkeeper/stack/tools/ensure-tools';
import { fetchPackages, packageFolder } from '@watchkeeper/stack/tools/fetch-packages';
import { isAtLeast } from '@watchkeeper/stack/tools/version';

/** A compose that can be called; to resolve files it needs no engine. */
export interface ComposeClient {
  readonly command: string;
  /** Before `config` or `up`. */
  readonly parameters: readonly string[];
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
}

// `include` came with 2.20; 2.24 is the first whose `up --wait` accepts a one-shot that succeeded.
const minimumVersion: [number, number] = [2, 24];
const pluginFile = 'usr/libexec/docker/cli-plugins/docker-compose';

/** The compose plugin of the machine's own `docker`, or its fault. */
export async function findCompose(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ComposeClient | { fault: string }> {
  const parameters = ['compose', 'version', '--short'];
  const { code, stdout } = await runCommand('docker', parameters, { env: environment });
  const version = code === 0 ? stdout.trim().replace(/^v/, '') : 'none';
  if (code === 0 && isAtLeast(version, minimumVersion)) {
    return { command: 'docker', parameters: ['compose'], version, environment };
  }
  const wanted = minimumVersion.join('.');
  return {
    fault:
      `Expected Docker Compose ${wanted} or newer, got \`${version}\`. ` +
      'Install the package `docker-compose-plugin`, or `docker-compose` of Debian 13 or newer.',
  };
}

/**
 * The machine's own compose, else Debian's, fetched into the cache: nothing is installed.
 * @throws StackError when it is not available
 */
export async function ensureCompose(
  onProgress: (message: string) => void = () => {},
): Promise<ComposeClient> {
  const own = await findCompose();
  if (!('fault' in own)) return own;
  const cacheFolder = cacheFolderOf();
  const plugin = join(packageFolder(cacheFolder, 'docker-compose'), pluginFile);
  try {
    if (!existsSync(plugin)) await fetchPackages(['docker-compose'], { cacheFolder, onProgress });
  } catch (error) {
    throw new StackError(`${own.fault}\n${messageOf(error)}`, { cause: error });
  }
  const { stdout } = await runCommand(plugin, ['version', '--short']);
  const environment = { ...process.env, DOCKER_CONFIG: linkPlugin(cacheFolder, plugin) };
  return { command: plugin, parameters: [], version: stdout.trim(), environment };
}

/** A folder in which `docker` finds the plugin, so that `docker compose` works as well. */
function linkPlugin(cacheFolder: string, plugin: string): string {
  const folder = join(cacheFolder, 'docker');
  mkdirSync(join(folder, 'cli-plugins'), { recursive: true });
  const link = join(folder, 'cli-plugins', 'docker-compose');
  if (!existsSync(link)) symlinkSync(plugin, link);
  return folder;
}
