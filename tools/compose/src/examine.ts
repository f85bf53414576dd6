import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { composeFiles } from '@watchkeeper/stack/compose-file';
import { isPortFree } from '@watchkeeper/stack/ports';
import { docker, type Engine } from './engine.ts';

// Images, a build and two days of data; with less, pulling an image fails with an obscure error.
const neededBytes = 5 * 1024 ** 3;

/** Too little space on the disk of `folder`. */
export function diskSpaceFaults(folder: string, needed = neededBytes): string[] {
  if (!existsSync(folder)) return [];
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= needed) return [];
  const gigabytes = (bytes: number) => (bytes / 1024 ** 3).toFixed(1);
  return [
    `Expected ${gigabytes(needed)} GiB of free space at \`${folder}\`, got ${gigabytes(free)}. ` +
      'Free some; `docker system prune` removes what no container uses.',
  ];
}

/** The variables that move a published port, with their defaults, from the compose files. */
export function portVariables(root: string, files = composeFiles): ReadonlyMap<string, number> {
  const found = files.flatMap((file) => [
    ...readFileSync(join(root, file), 'utf8').matchAll(/127\.0\.0\.1:\$\{(\w+):-(\d+)\}/g),
  ]);
  return new Map(found.map(([, name = '', port]) => [name, Number(port)]));
}

/** Ports that another program holds; those of a project that runs already are its own. */
export async function portFaults(
  variables: ReadonlyMap<string, number>,
  environment: NodeJS.ProcessEnv,
  own: ReadonlySet<number> = new Set(),
): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, byDefault] of variables) {
    const port = Number(environment[name] || byDefault);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      faults.push(
        `Expected \`${name}\` to be an integer from 1 to 65535, got \`${environment[name]}\`.`,
      );
    } else if (!own.has(port) && !(await isPortFree(port))) {
      faults.push(
        `Expected port ${port} to be free, but another program listens on it. ` +
          `Set \`${name}\` in the environment or in .env to change it.`,
      );
    }
  }
  return faults;
}

/** The host's ports that the containers of `project` hold. */
export async function ownPorts(project: string, engine: Engine): Promise<Set<number>> {
  const filter = `label=com.docker.compose.project=${project}`;
  const { stdout } = await docker(['ps', '--filter', filter, '--format', '{{.Ports}}'], engine);
  return new Set([...stdout.matchAll(/127\.0\.0\.1:(\d+)->/g)].map(([, port]) => Number(port)));
}
