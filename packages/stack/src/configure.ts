import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Component, RunContext } from './components/component.ts';
import { composePaths } from './components/compose-environment.ts';
import { allComponents } from './components/index.ts';
import { writeCredentials } from './configuration/access.ts';
import { limitFactor } from './configuration/compress-time.ts';
import { plainPath } from './configuration/plain-path.ts';
import { type OwnTokens, renderConfiguration } from './configuration/render.ts';

// In these, `localhost` is an address for a person's browser; elsewhere it is the container.
const foldersWithLinks = ['prometheus', 'alertmanager', 'grafana'];

function browserAddresses(components: Component[], context: RunContext): Record<string, string> {
  const entries = components.flatMap(({ name, ports }) =>
    Object.entries(ports).flatMap(([port, { fixedPort }]) =>
      fixedPort ? [[`localhost:${fixedPort}`, `localhost:${context.port(name, port)}`]] : [],
    ),
  );
  return Object.fromEntries(entries);
}

function plainPaths(paths: Record<string, string>, { folder }: RunContext) {
  const entries = Object.entries(paths).map(([inside, path]) => [
    inside,
    plainPath(path, folder.data),
  ]);
  return Object.fromEntries(entries);
}

function ownTokens(components: Component[], context: RunContext): Record<string, OwnTokens> {
  const links = browserAddresses(components, context);
  const own: Record<string, OwnTokens> = {};
  for (const { name, configFolders = [], ports } of components) {
    const listen = Object.entries(ports).map(([port, { composePort }]) => [
      `0.0.0.0:${composePort}`,
      `127.0.0.1:${context.port(name, port)}`,
    ]);
    for (const folder of configFolders) {
      const ownLinks = foldersWithLinks.includes(folder) ? links : {};
      own[folder] = {
        addresses: { ...ownLinks, ...Object.fromEntries(listen) },
        paths: plainPaths(composePaths(name, context), context),
      };
    }
  }
  return own;
}

/** The time factor that the shipped scrape intervals allow. */
export function allowedTimeFactor(monitoringFolder: string, wanted: number): number {
  if (wanted === 1) return 1;
  const file = join(monitoringFolder, 'prometheus', 'prometheus.yml');
  return limitFactor(readFileSync(file, 'utf8'), wanted);
}

/** Renders the shipped configuration of the components that take part into the state folder. */
export function configure(
  components: Component[],
  monitoringFolder: string,
  context: RunContext,
): void {
  const names = allComponents.map(({ name }) => name);
  renderConfiguration({
    from: monitoringFolder,
    to: context.folder.config,
    folders: components.flatMap(({ configFolders = [] }) => configFolders),
    addresses: context.addresses,
    own: ownTokens(components, context),
    isAbsent: (host) => names.includes(host) && !context.has(host),
    timeFactor: context.timeFactor,
  });
  writeCredentials(context);
}
