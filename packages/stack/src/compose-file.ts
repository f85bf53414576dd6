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

/** The images of services that are not built here, and those that the apps' own image is built from. */
export function imagesOf(
  services: Readonly<Record<string, Pick<DeclaredService, 'image' | 'build'>>>,
): string[] {
  const dockerfile = readFileSync(join(repositoryRoot, 'Dockerfile'), 'utf8');
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
  const all = Object.values(services);
  const built = all.flatMap(({ image, build }) => (build === undefined ? [] : image));
  const used = all.flatMap(({ image }) => image ?? []).filter((image) => !built.includes(image));
  return [...new Set([...used, ...bases])];
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

/** The ports published on this machine's loopback; `variable` overrides `fixedPort`. */
export const publishedPorts = Object.entries(composeServices).flatMap(([service, { ports = [] }]) =>
  ports.flatMap((port) => {
    const [, variable, fixed, inside] = /\$\{(\w+):-(\d+)\}:(\d+)$/.exec(port) ?? [];
    if (variable === undefined) return [];
    return [{ service, variable, fixedPort: Number(fixed), composePort: Number(inside) }];
  }),
);

/** The names of all secrets, which the compose files hand out as `secret=READER/NAME:UID`. */
export const secretNames: string[] = [
  ...new Set(
    Object.values(composeServices).flatMap(({ command = [] }) =>
      command.flatMap((word) => /^secret=[^/]+\/([^:]+):/.exec(word)?.[1] ?? []),
    ),
  ),
];
