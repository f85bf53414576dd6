// `npm run doctor`: whether `docker compose up` can work here, before any container starts.
import { join } from 'node:path';
import { readEnvironment } from '../packages/stack/src/settings.ts';
import { ensureCompose } from './containers/compose-client.ts';
import { resolveCompose } from './containers/compose-model.ts';
import { dockerOrThrow, type Engine, findEngine } from './containers/engine.ts';
import {
  ownPorts,
  portFaults,
  portVariables,
  roomFaults,
  secretFaults,
  secretTasks,
  unreadableFiles,
  yamlFaults,
} from './containers/examine.ts';

const root = join(import.meta.dirname, '..');
const project = 'watchkeeper';
const environment = readEnvironment();
const { engine, faults: engineFaults } = await findEngine();

async function composeFaults(): Promise<string[]> {
  await resolveCompose(root, await ensureCompose());
  return [];
}

async function withEngine(examine: (engine: Engine) => Promise<string[]>): Promise<string[]> {
  return engine === undefined ? [] : examine(engine);
}

async function findSecretFaults(found: Engine): Promise<string[]> {
  const { services } = await resolveCompose(root, await ensureCompose());
  const shots = [services.prepare, services['galley-prepare']];
  const tasks = secretTasks(shots.flatMap((service) => service?.command ?? []));
  return secretFaults(project, tasks, services.prepare?.image ?? '', found);
}

const examinations: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  'engine and compose': async () => engineFaults,
  'configuration is YAML': async () => yamlFaults(root),
  'compose files resolve': composeFaults,
  'containers may read the configuration': async () => unreadableFiles(root),
  'room on disk': () =>
    withEngine(async (found) =>
      roomFaults(await dockerOrThrow(['info', '--format', '{{.DockerRootDir}}'], found)),
    ),
  'ports are free': async () =>
    portFaults(
      portVariables(root),
      environment,
      engine === undefined ? new Set() : await ownPorts(project, engine),
    ),
  'containers may read their secrets': () => withEngine(findSecretFaults),
};

let faultCount = 0;
for (const [name, examine] of Object.entries(examinations)) {
  const faults = await examine().catch((error: Error) => [error.message]);
  console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  for (const fault of faults) console.log(`     ${fault.replaceAll('\n', '\n     ')}`);
  faultCount += faults.length;
}
process.exitCode = faultCount === 0 ? 0 : 1;
