import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  formatComponents,
  readEnvironment,
  repositoryRoot,
  StackError,
  stateRootOf,
} from '@watchkeeper/stack';
import { declaredImages, imageIn } from '@watchkeeper/stack/compose-file';
import { makeWritable } from '@watchkeeper/stack/writable-folder';
import { ensureCompose } from './compose-client.ts';
import { type ComposeModel, resolveCompose } from './compose-model.ts';
import { readAddresses, readContainers } from './containers.ts';
import { examineQuickly } from './doctor.ts';
import { docker, dockerOrThrow, type Engine, findEngine, hasImage } from './engine.ts';
import { findUnwatchedDisks } from './watched-disks.ts';

const root = repositoryRoot;
const composeCommand = ['compose', '--project-directory', root];

export type Availability =
  | { readonly engine: Engine; readonly model: ComposeModel }
  | { readonly reason: string };

type Progress = (message: string) => void;

// Written by a start and removed by a stop: a system that `npm start` did not start is not ours to stop.
function markFile(): string {
  return join(stateRootOf(readEnvironment()), 'compose');
}

/** Whether an engine answers and every image is present or can be pulled, with the reason if not. */
export async function findAvailability(onProgress: Progress): Promise<Availability> {
  const { engine, faults } = await findEngine();
  if (!engine) return { reason: faults[0] ?? 'no engine answers' };
  const model = await resolveCompose(root, await ensureCompose());
  for (const declared of declaredImages()) {
    const image = imageIn(readEnvironment(), declared);
    if (await hasImage(image, engine)) continue;
    onProgress(`pulling ${image}`);
    const { code, stderr } = await docker(['pull', '--quiet', image], engine);
    const complaint = stderr.trim().split('\n').at(-1) ?? '';
    if (code !== 0) return { reason: `\`${image}\` can't be pulled: ${complaint}` };
  }
  return { engine, model };
}

function compose(engine: Engine, ...parameters: string[]): Promise<string> {
  return dockerOrThrow([...composeCommand, ...parameters], engine);
}

/** Brings everything up, waits until it is healthy and prints the table; returns the exit code. */
export async function startCompose(
  { engine }: Extract<Availability, { engine: Engine }>,
  { isForeground, print }: { isForeground: boolean; print: Progress },
): Promise<number> {
  await throwKnownFaults(engine);
  makeWritable(dirname(markFile()), 'WATCHKEEPER_HOME');
  writeFileSync(markFile(), 'Written by `npm start`: the system runs in containers.\n');
  print('building the image of the apps');
  await compose(engine, 'build', '--quiet');
  print('starting containers');
  // A demonstration injects faults, which the compose files leave off.
  const FAULTS_ENABLED = readEnvironment().FAULTS_ENABLED || 'true';
  const { code, stderr } = await docker([...composeCommand, 'up', '-d', '--wait', '--no-build'], {
    environment: { ...engine.environment, FAULTS_ENABLED },
  });
  if (code !== 0) {
    const tail = stderr.trim().split('\n').slice(-3).join('\n');
    throw new StackError(
      `${tail}\nSee \`docker compose ps -a\` and \`docker compose logs\`; \`npm run doctor\` ` +
        'knows the usual reasons, and `npm stop` removes the containers.',
    );
  }
  print(`\n${await describeCompose(engine)}`);
  const unwatched = await findUnwatchedDisks(composeCommand, engine);
  if (unwatched !== undefined) print(unwatched);
  return isForeground ? followLogs(engine) : 0;
}

async function throwKnownFaults(engine: Engine): Promise<void> {
  const environment = readEnvironment();
  const findings = await examineQuickly({ root, project: 'watchkeeper', environment }, engine);
  const faults = findings.flatMap(({ faults: found = [] }) => found);
  if (faults.length > 0) throw new StackError(faults.join('\n'));
}

/** Stays attached until Ctrl-C, then takes everything down. */
async function followLogs(engine: Engine): Promise<number> {
  await new Promise<void>((resolve) => {
    // They stay: Node would end the process at the second, and npm delivers each twice.
    process.on('SIGINT', resolve);
    process.on('SIGTERM', resolve);
    setInterval(() => {}, 60_000);
  });
  await compose(engine, 'down');
  rmSync(markFile(), { force: true });
  process.stdout.write('Everything has stopped.\n');
  process.exit(0);
}

/** The same table as natively: component, address, state, version. */
export async function describeCompose(engine: Engine): Promise<string> {
  const containers = await readContainers((...words) => compose(engine, ...words));
  const addresses = readAddresses(containers);
  const rows = containers.map((container) => {
    const { Service, Image, State, Health } = container;
    const state = Health === 'healthy' ? 'ready' : Health || State;
    return [Service, addresses.get(Service) ?? '', state, /:([^@]+)/.exec(Image)?.[1] ?? ''];
  });
  const hints = [
    'Logs: docker compose logs',
    'Grafana: user admin; password: docker compose exec grafana cat /run/secrets/admin-password',
    'Stop: npm stop (volumes stay; `docker compose down -v` removes them too)',
  ];
  return [formatComponents(rows), '', ...hints, ''].join('\n');
}

/** The engine on which `npm start` brought the system up, if it did and it still answers. */
export async function findStarted(): Promise<Engine | undefined> {
  return existsSync(markFile()) ? (await findEngine()).engine : undefined;
}

/** Stops the containers that `npm start` started; volumes stay. Returns whether there were any. */
export async function stopCompose(): Promise<boolean> {
  const engine = await findStarted();
  if (!engine) return false;
  await compose(engine, 'down');
  rmSync(markFile(), { force: true });
  return true;
}
