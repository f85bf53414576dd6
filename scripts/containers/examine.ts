import { existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { docker, type Engine } from './engine.ts';

// Images, a build and two days of data; below it an image is half pulled and says so obscurely.
const neededBytes = 5 * 1024 ** 3;
const composeFiles = ['docker-compose.monitoring.yml', 'docker-compose.yml'];

/** YAML that does not parse, with its place; containers would only say that they restart. */
export function yamlFaults(root: string): string[] {
  const names = readdirSync(join(root, 'monitoring'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml') && !name.includes('node_modules'))
    .map((name) => `monitoring/${name}`);
  return [...composeFiles, ...names].flatMap((name) => {
    const { errors } = parseDocument(readFileSync(join(root, name), 'utf8'), { merge: true });
    return errors.map(({ message, linePos }) => {
      const [what = ''] = message.split('\n');
      return `${name}:${linePos?.[0].line ?? 1}: ${what.replace(/ at line.*$/, '')}. Correct it.`;
    });
  });
}

/** Files that the containers' users, who own nothing here, could not read. */
export function unreadableFiles(root: string, folders = ['monitoring', 'runbooks']): string[] {
  if (process.platform !== 'linux') return [];
  return folders.flatMap((folder) =>
    ['.', ...readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })]
      .filter((name) => !name.includes('node_modules'))
      .map((name) => join(folder, name))
      .filter((path) => {
        const { mode } = statSync(join(root, path));
        const wanted = statSync(join(root, path)).isDirectory() ? 0o005 : 0o004;
        return (mode & wanted) !== wanted;
      })
      .map(
        (path) =>
          `Expected \`${path}\` to be readable by every user, as containers run as their own. ` +
          `Run \`chmod o+rX ${path}\`.`,
      ),
  );
}

/** Too little room on the disk of `folder`. */
export function roomFaults(folder: string, needed = neededBytes): string[] {
  if (!existsSync(folder)) return [];
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= needed) return [];
  const gigabytes = (bytes: number) => (bytes / 1024 ** 3).toFixed(1);
  return [
    `Expected ${gigabytes(needed)} GiB of room at \`${folder}\`, got ${gigabytes(free)}. ` +
      'Make room; `docker system prune` removes what no container uses.',
  ];
}

/** The variables that move a published port, with their defaults, as the compose files say. */
export function portVariables(root: string): ReadonlyMap<string, number> {
  const found = composeFiles.flatMap((file) => [
    ...readFileSync(join(root, file), 'utf8').matchAll(/127\.0\.0\.1:\$\{(\w+):-(\d+)\}/g),
  ]);
  return new Map(found.map(([, name = '', port]) => [name, Number(port)]));
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
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
    } else if (!own.has(port) && !(await isFree(port))) {
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

/** A secret, who reads it, and as which user. */
export interface SecretTask {
  readonly reader: string;
  readonly name: string;
  readonly uid: string;
}

/** What the one-shots hand over, from their commands. */
export function secretTasks(commands: readonly string[]): readonly SecretTask[] {
  return commands.flatMap((command) => {
    const match = /^secret=([^/]+)\/([^:]+):(\d+)$/.exec(command);
    return match ? [{ reader: match[1] ?? '', name: match[2] ?? '', uid: match[3] ?? '' }] : [];
  });
}

/** Secrets that are there and that their reader can't read. */
export async function secretFaults(
  project: string,
  tasks: readonly SecretTask[],
  image: string,
  engine: Engine,
): Promise<string[]> {
  if ((await docker(['image', 'inspect', image], engine)).code !== 0) return [];
  const faults = await Promise.all(
    tasks.map(async ({ reader, name, uid }) => {
      const volume = `${project}_${reader}-secrets`;
      // Before the first start there is nothing, and asking would create it.
      if ((await docker(['volume', 'inspect', volume], engine)).code !== 0) return [];
      const run = ['run', '--rm', '--network=none', `--user=${uid}:${uid}`, '--entrypoint=sh'];
      const test = [
        '-v',
        `${volume}:/s:ro`,
        image,
        '-c',
        `test -s /s/${name} && test -r /s/${name}`,
      ];
      if ((await docker([...run, ...test], engine)).code === 0) return [];
      return [
        `Expected user ${uid} to be able to read \`${name}\` in the volume \`${volume}\`. ` +
          'Run `docker compose up -d prepare galley-prepare`, which hands it out again.',
      ];
    }),
  );
  return faults.flat();
}
