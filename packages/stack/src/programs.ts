import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Component } from './components/component.ts';
import { findPostgres, postgresProgram } from './postgres/binaries.ts';
import { messageOf, StackError } from './stack-error.ts';
import type { AbsentComponent } from './state-file.ts';
import type { ToolName } from './tools/catalogue.ts';
import { ensureTool, ensureTools, type FoundTool, type ToolOptions } from './tools/ensure-tools.ts';
import { findOnPath } from './tools/path-search.ts';
import { readVersion } from './tools/version.ts';

type Answer = { program: FoundTool } | { reason: string };

function findApp(name: string, appsFolder: string): Answer {
  const path = join(appsFolder, name, 'src', 'main.ts');
  if (!existsSync(path)) throw new StackError(`Expected \`${path}\` to exist, got nothing.`);
  const text = readFileSync(join(appsFolder, name, 'package.json'), 'utf8');
  const { version = '0.0.0' } = JSON.parse(text) as { version?: string };
  return { program: { path, version } };
}

function findScript(file: string, monitoringFolder: string): Answer {
  const path = join(monitoringFolder, file);
  if (!existsSync(path)) throw new StackError(`Expected \`${path}\` to exist, got nothing.`);
  return { program: { path: process.execPath, version: process.versions.node } };
}

async function findEmbedded(): Promise<Answer> {
  const path = findPostgres();
  const { version, output } = await readVersion(postgresProgram(path, 'postgres'));
  if (version) return { program: { path, version } };
  throw new StackError(`Expected \`postgres --version\` to name a version, got \`${output}\`.`);
}

async function findOptional(
  source: Extract<Component['source'], { kind: 'optional' }>,
  folder: string,
  path: string | undefined,
): Promise<Answer> {
  const { commands, file, versionArgs } = source;
  const binary = findOnPath(commands, path);
  if (!binary) return { reason: `\`${commands[0]}\` is not on PATH` };
  if (!existsSync(join(folder, file))) return { reason: `there is no monitoring/${file}` };
  const { version, output } = await readVersion(binary, versionArgs);
  if (version === undefined && output === '') return { reason: `\`${binary}\` does not run` };
  return { program: { path: binary, version: version ?? 'unknown' } };
}

/** A tool without which the rest runs. */
async function findUnneeded(tool: ToolName, options: ToolOptions): Promise<Answer> {
  try {
    return { program: await ensureTool(tool, options) };
  } catch (error) {
    return { reason: messageOf(error).split('\n')[0] ?? '' };
  }
}

/** What is missing without the component; undefined where nothing runs without it. */
export function absenceCostOf(source: Component['source']): string | undefined {
  return 'absenceCost' in source ? source.absenceCost : undefined;
}

/** Finds or fetches the program of every component; throws when a required one is missing. */
export async function findPrograms(
  components: Component[],
  folders: { apps: string; monitoring: string },
  options: ToolOptions,
) {
  const tools = components.flatMap(({ source }) =>
    source.kind === 'tool' && source.absenceCost === undefined ? source.tool : [],
  );
  const foundTools = await ensureTools(tools, options);
  const found = new Map<string, FoundTool>();
  const absent: AbsentComponent[] = [];
  for (const { name, source } of components) {
    const answer = await findProgram(name, source);
    if ('program' in answer) found.set(name, answer.program);
    const cost = absenceCostOf(source);
    if (!('reason' in answer) || cost === undefined) continue;
    absent.push({ name, reason: answer.reason, cost });
  }
  return { found, absent };

  async function findProgram(name: string, source: Component['source']): Promise<Answer> {
    if (source.kind === 'app') return findApp(name, folders.apps);
    if (source.kind === 'script') return findScript(source.file, folders.monitoring);
    if (source.kind === 'postgres') return findEmbedded();
    if (source.kind === 'optional') return findOptional(source, folders.monitoring, options.path);
    const program = foundTools.get(source.tool);
    return program ? { program } : findUnneeded(source.tool, options);
  }
}
