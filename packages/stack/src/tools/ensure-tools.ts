import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../lock.ts';
import { readEnvironment } from '../settings.ts';
import { messageOf, StackError } from '../stack-error.ts';
import { homeFolder, resolveFolder } from '../state-folder.ts';
import { makeWritable } from '../writable-folder.ts';
import { packagesOf, type ToolName, toolNamed } from './catalogue.ts';
import { type FetchOptions, fetchPackages, packageFolder } from './fetch-packages.ts';
import { findOnPath } from './path-search.ts';
import { isAtLeast, readVersion } from './version.ts';

export interface FoundTool {
  path: string;
  version: string;
}

export interface ToolOptions extends Partial<FetchOptions> {
  /** Where to look before the cache; the PATH of this process by default. */
  path?: string;
}

/** The cache: WATCHKEEPER_CACHE, else `watchkeeper` in the user's cache folder. */
export function cacheFolderOf(environment: NodeJS.ProcessEnv = readEnvironment()): string {
  const cache = environment.WATCHKEEPER_CACHE;
  if (cache) return resolveFolder(cache, environment);
  return join(environment.XDG_CACHE_HOME || join(homeFolder(environment), '.cache'), 'watchkeeper');
}

type SearchOptions = ToolOptions & Pick<FetchOptions, 'cacheFolder'>;

function cachedFile(name: ToolName, { cacheFolder }: SearchOptions): string {
  const { package: packageName, file } = toolNamed(name);
  return join(packageFolder(cacheFolder, packageName), file);
}

async function findOne(name: ToolName, options: SearchOptions): Promise<FoundTool | undefined> {
  const { commands, minimumVersion } = toolNamed(name);
  for (const path of [findOnPath(commands, options.path), cachedFile(name, options)]) {
    if (!path || !existsSync(path)) continue;
    const { version } = await readVersion(path);
    if (version && isAtLeast(version, minimumVersion)) return { path, version };
  }
  return undefined;
}

async function findAll(names: ToolName[], options: SearchOptions) {
  const tools = new Map<ToolName, FoundTool>();
  const search = async (name: ToolName) => {
    const tool = await findOne(name, options);
    if (tool) tools.set(name, tool);
  };
  await Promise.all(names.map(search));
  return { tools, missing: names.filter((name) => !tools.has(name)) };
}

function describe(name: ToolName): string {
  const { commands, minimumVersion } = toolNamed(name);
  return `\`${commands[0]}\` ${minimumVersion.join('.')} or newer`;
}

function howToInstall(names: ToolName[]): string {
  return `Install instead, so that it is on PATH: ${names.map(describe).join(', ')}.`;
}

async function fetchMissing(names: ToolName[], options: SearchOptions): Promise<void> {
  const packages = [...new Set(names.flatMap(packagesOf))];
  try {
    await fetchPackages(packages, options);
  } catch (error) {
    throw new StackError(`${messageOf(error)}\n${howToInstall(names)}`, { cause: error });
  }
}

async function refuseUnrunnable(names: ToolName[], options: SearchOptions): Promise<never> {
  const answers = names.map(async (name) => {
    const path = cachedFile(name, options);
    const { version, output } = await readVersion(path);
    return `Expected \`${path} --version\` to name ${describe(name)}, got \`${version ?? output}\`.`;
  });
  throw new StackError(`${(await Promise.all(answers)).join('\n')}\n${howToInstall(names)}`);
}

/**
 * Finds each tool on PATH if its version suffices, else in the cache, else fetches it from
 * Debian's archive into the cache. Throws when one is not available, or does not run.
 */
export async function ensureTools(
  names: ToolName[],
  overrides: ToolOptions = {},
): Promise<Map<ToolName, FoundTool>> {
  const options = { ...overrides, cacheFolder: overrides.cacheFolder ?? cacheFolderOf() };
  const first = await findAll(names, options);
  if (first.missing.length === 0) return first.tools;
  if (options.cacheFolder.includes('"')) {
    throw new StackError(
      `Expected the path of the cache to have no double quote, got \`${options.cacheFolder}\`. ` +
        'Set `WATCHKEEPER_CACHE`, in the environment or in .env, to another folder.',
      { exitCode: 2 },
    );
  }
  makeWritable(options.cacheFolder, 'WATCHKEEPER_CACHE');
  return withLock(join(options.cacheFolder, 'lock'), async () => {
    // The previous holder of the lock may have fetched them.
    const { missing } = await findAll(first.missing, options);
    if (missing.length > 0) await fetchMissing(missing, options);
    const last = await findAll(names, options);
    if (last.missing.length > 0) return refuseUnrunnable(last.missing, options);
    return last.tools;
  });
}

export async function ensureTool(name: ToolName, options: ToolOptions = {}): Promise<FoundTool> {
  const tool = (await ensureTools([name], options)).get(name);
  if (!tool) throw new StackError(`Expected \`${name}\` to be found, got nothing.`);
  return tool;
}

export async function findPromtool(): Promise<string> {
  return (await ensureTool('promtool')).path;
}

export async function findAmtool(): Promise<string> {
  return (await ensureTool('amtool')).path;
}
