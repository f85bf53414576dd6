import { join } from 'node:path';
import { ensureCompose } from '@watchkeeper/compose/compose-client';
import { type ComposeModel, resolveCompose } from '@watchkeeper/compose/compose-model';
import { dockerOrThrow, type Engine } from '@watchkeeper/compose/engine';
import { portVariables } from '@watchkeeper/compose/examine';
import { assignPorts } from '@watchkeeper/stack/ports';
import type { StartedDockerComposeEnvironment } from 'testcontainers';
import type { Machine } from './machine.ts';
import { watchUnhealthy } from './unhealthy.ts';

const root = join(import.meta.dirname, '../..');
const stateFormat =
  '{{.State.Status}} {{.State.ExitCode}}{{if .State.Health}} {{.State.Health.Status}}{{end}}';

/** Cold, an image is built and every container started: half a minute warm, minutes on a busy machine. */
export const startTimeoutMs = 900_000;

/** The shipped compose files, running with what this machine has. */
export interface System {
  readonly model: ComposeModel;
  readonly services: readonly string[];
  /** Services that can't run here, each with the reason. */
  readonly absent: ReadonlyMap<string, string>;
  up(): Promise<void>;
  /** Stops and removes the containers; the volumes only when asked to. */
  down(options: { removeVolumes: boolean }): Promise<void>;
  /** The address behind the variable that moves its port. */
  url(variable: string): string;
  /** Every address at which an app of Galley can be reached from outside. */
  publicAddresses(): readonly string[];
  docker(...parameters: string[]): Promise<string>;
  /** As `running 0 healthy`: state, exit code and health of a service's container. */
  state(service: string): Promise<string>;
  /** The name of a service's container. */
  container(service: string): string;
  network(name: string): string;
  volume(name: string): string;
}

async function findFreePorts(names: readonly string[]): Promise<Record<string, string>> {
  const ports = await assignPorts(names.map((name) => ({ component: 'container', name })));
  return Object.fromEntries(names.map((name, index) => [name, String(ports[index])]));
}

/** Services whose image is missing, each with the reason. */
function findAbsent(model: ComposeModel, { images }: Machine): Map<string, string> {
  const missing = new Map(
    images.flatMap(({ image, state, detail }) => (state === 'missing' ? [[image, detail]] : [])),
  );
  return new Map(
    Object.entries(model.services).flatMap(([name, { image = '' }]) => {
      const reason = missing.get(image);
      return reason === undefined ? [] : [[name, `no image \`${image}\`: ${reason}`]];
    }),
  );
}

/** Prepares the compose files of a folder on free ports; nothing runs before `up`. */
export async function createSystem(
  machine: Machine,
  { folder = root, project = 'watchkeeper-test' } = {},
): Promise<System> {
  const { engine } = machine;
  const model = await resolveCompose(folder, await ensureCompose());
  const absent = findAbsent(model, machine);
  const services = Object.keys(model.services).filter((name) => !absent.has(name));
  const ports = await findFreePorts([...portVariables(folder).keys()]);
  const url = (variable: string) => `http://127.0.0.1:${ports[variable]}`;
  let started: StartedDockerComposeEnvironment | undefined;
  await removeLeftovers(project, engine);

  return {
    model,
    services,
    absent,
    async up() {
      const { DockerComposeEnvironment } = await import('testcontainers');
      const environment = new DockerComposeEnvironment(folder, ['docker-compose.yml'])
        .withProjectName(project)
        .withEnvironment({ ...ports, TRAFFIC_RATE: '10', FAULTS_ENABLED: 'true' })
        .withBuild()
        .withStartupTimeout(180_000);
      const watch = watchUnhealthy(project, engine);
      try {
        started = await environment.up(services);
      } catch (error) {
        throw new Error(`${error}\n${watch.stop()}`, { cause: error });
      } finally {
        watch.stop();
      }
    },
    async down({ removeVolumes }) {
      await started?.down({ removeVolumes });
      started = undefined;
    },
    url,
    publicAddresses: () => [...portVariables(folder, ['docker-compose.yml']).keys()].map(url),
    docker: (...parameters) => dockerOrThrow(parameters, engine),
    state: (service) =>
      dockerOrThrow(['inspect', '-f', stateFormat, `${project}-${service}-1`], engine),
    container: (service) => `${project}-${service}-1`,
    network: (name) => `${project}_${name}`,
    volume: (name) => `${project}_${name}`,
  };
}

/** A run that was cut off leaves its containers and volumes behind. */
async function removeLeftovers(project: string, engine: Engine): Promise<void> {
  await dockerOrThrow(['compose', '-p', project, 'down', '-v', '--remove-orphans'], engine);
}
