import { docker, type Engine, hasImage } from './engine.ts';

/** From the commands of the one-shots. */
export function secretTasks(commands: readonly string[]) {
  return commands.flatMap((command) => {
    const match = /^secret=([^/]+)\/([^:]+):(\d+)$/.exec(command);
    return match ? [{ reader: match[1] ?? '', name: match[2] ?? '', uid: match[3] ?? '' }] : [];
  });
}

/** Secrets that exist but that their reader can't read. */
export async function secretFaults(
  project: string,
  tasks: ReturnType<typeof secretTasks>,
  image: string,
  engine: Engine,
): Promise<string[]> {
  if (!(await hasImage(image, engine))) return [];
  const faults = await Promise.all(
    tasks.map(async ({ reader, name, uid }) => {
      const volume = `${project}_${reader}-secrets`;
      // Before the first start there is no volume, and `docker run` would create it.
      if ((await docker(['volume', 'inspect', volume], engine)).code !== 0) return [];
      const run = ['run', '--rm', '--network=none', `--user=${uid}:${uid}`, '--entrypoint=sh'];
      const mount = ['-v', `${volume}:/s:ro`];
      const test = `test -s /s/${name} && test -r /s/${name}`;
      if ((await docker([...run, ...mount, image, '-c', test], engine)).code === 0) return [];
      return [
        `Expected user ${uid} to be able to read \`${name}\` in the volume \`${volume}\`. ` +
          'Run `docker compose up -d prepare galley-prepare`, which hands it out again.',
      ];
    }),
  );
  return faults.flat();
}
