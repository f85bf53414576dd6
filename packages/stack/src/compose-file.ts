import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repositoryRoot } from './state-folder.ts';

/** A service as the compose files declare it; nothing is interpolated. */
export interface DeclaredService {
  command?: string[];
  depends_on?: Record<string, unknown>;
  environment?: Record<string, string | number>;
  image?: string;
  mem_limit?: string;
  build?: unknown;
  ports?: string[];
  ulimits?: { nofile?: number };
  volumes?: string[];
  working_dir?: string;
}

/** The files that `docker compose` reads, the included one first. */
export const composeFiles = ['docker-compose.monitoring.yml', 'docker-compose.yml'];

/** Every service of the compose files; native mode has no other list of Galley's services. */
export const composeServices: Record<string, DeclaredService> = Object.assign(
  {},
  ...composeFiles.map((file) => {
    const text = readFileSync(join(repositoryRoot, file), 'utf8');
    return (parse(text, { merge: true }) as { services: object }).services;
  }),
);

/** An image that the compose files or the Dockerfile pin, and the variable that replaces it. */
export interface DeclaredImage {
  readonly variable: string;
  /** As pinned: `name:tag@digest`. */
  readonly reference: string;
}

/** The images of services that are not built here, and those that the apps' own image is built from. */
export function declaredImages(): readonly DeclaredImage[] {
  const dockerfile = readFileSync(join(repositoryRoot, 'Dockerfile'), 'utf8');
  const texts = Object.values(composeServices).map(({ image = '' }) => image);
  const found = [
    ...texts.flatMap((text) => [...text.matchAll(/^\$\{(\w+):-(.+)\}$/g)]),
    ...dockerfile.matchAll(/^ARG (\w+_IMAGE)=(\S+)$/gm),
  ];
  const byVariable = new Map(
    found.map(([, variable = '', reference = '']) => [variable, reference]),
  );
  return [...byVariable].map(([variable, reference]) => ({ variable, reference }));
}

/** The image that compose takes: that of the environment, else the pinned one. */
export function imageIn(environment: NodeJS.ProcessEnv, { variable, reference }: DeclaredImage) {
  return environment[variable] || reference;
}

const appFolder = '/galley/apps/';

/** Galley's apps: the services that run from a folder of `apps`. */
export const appNames: string[] = Object.keys(composeServices).filter((name) =>
  composeServices[name]?.working_dir?.startsWith(appFolder),
);

/** The apps that log in to the database. */
export const appsWithDatabase: string[] = appNames.filter(
  (name) => composeServices[name]?.environment?.DATABASE_URL !== undefined,
);

/** The ports of services that foreign pages could use: the gate publishes them instead. */
export const frontedPorts: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(composeServices.gate?.environment ?? {}).flatMap(([variable, port]) => {
    const [, name] = /^GATE_([A-Z]+)_PORT$/.exec(variable) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), Number(port)]];
  }),
);

/**
 * The ports published on this machine's loopback, of the service behind the gate where it publishes them;
 * `variable` overrides `fixedPort`.
 */
export const publishedPorts = Object.entries(composeServices).flatMap(([owner, { ports = [] }]) =>
  ports.flatMap((port) => {
    const [, variable, fixed, inside] = /\$\{(\w+):-(\d+)\}:(\d+)$/.exec(port) ?? [];
    if (variable === undefined) return [];
    const composePort = Number(inside);
    const [fronted] = Object.entries(frontedPorts).find(([, each]) => each === composePort) ?? [];
    const service = owner === 'gate' && fronted !== undefined ? fronted : owner;
    return [{ service, variable, fixedPort: Number(fixed), composePort }];
  }),
);

/** Who reads which secret, as the compose files hand them out: `secret=READER/NAME:UID`. */
export const secretReaders: readonly { readonly reader: string; readonly name: string }[] =
  Object.values(composeServices).flatMap(({ command = [] }) =>
    command.flatMap((word) => {
      const [, reader, name] = /^secret=([^/]+)\/([^:]+):/.exec(word) ?? [];
      return reader === undefined || name === undefined ? [] : [{ reader, name }];
    }),
  );

/** The names of all secrets. */
export const secretNames: string[] = [...new Set(secretReaders.map(({ name }) => name))];
