import { ensureCompose } from '@watchkeeper/compose/compose-client';
import { resolveCompose } from '@watchkeeper/compose/compose-model';
import { dockerOrThrow, type Engine, ensureEngine, hasImage } from '@watchkeeper/compose/engine';
import { portVariables } from '@watchkeeper/compose/examine';
import { repositoryRoot } from '@watchkeeper/stack';
import { StackError } from '@watchkeeper/stack/stack-error';

const root = repositoryRoot;
const firstPort = 23_000;

/** Visits per second of steady traffic. */
export const steadyVisitsPerSecond = '20';

/** The compose files as a project of its own. */
export type BenchProject = ReturnType<typeof createProject>;

const name = 'watchkeeper-bench';

/**
 * Uses the present images and pulls none; a running system is not affected. Removes its containers
 * and volumes at the end.
 */
export async function withProject(run: (project: BenchProject) => Promise<void>): Promise<void> {
  const engine = await ensureEngine({ mayInstall: process.env.CI === 'true' });
  const project = createProject(engine, await findServices(engine));
  try {
    await project.compose('build', '--quiet');
    await run(project);
  } finally {
    await project.compose('down', '-v', '--remove-orphans');
  }
}

function createProject(engine: Engine, services: readonly string[]) {
  const ports = new Map(
    [...portVariables(root).keys()].map((variable, index) => [variable, firstPort + index]),
  );
  const environment: NodeJS.ProcessEnv = {
    ...engine.environment,
    ...Object.fromEntries([...ports].map(([variable, port]) => [variable, String(port)])),
    TRAFFIC_RATE: steadyVisitsPerSecond,
  };
  const compose = (...parameters: readonly string[]) =>
    dockerOrThrow(['compose', '-p', name, '--project-directory', root, ...parameters], {
      environment,
    });
  return {
    ...{ name, engine, services, compose },
    /** Waits until all are healthy; resolves to the seconds. */
    async up(...chosen: readonly string[]): Promise<number> {
      const startedAt = performance.now();
      await compose('up', '-d', '--wait', '--no-build', ...chosen);
      return (performance.now() - startedAt) / 1_000;
    },
    /** For containers started after the call. */
    setTraffic(visitsPerSecond: string): void {
      environment.TRAFFIC_RATE = visitsPerSecond;
    },
    url: (portVariable: string) => `http://127.0.0.1:${ports.get(portVariable)}`,
  };
}

async function findServices(engine: Engine): Promise<readonly string[]> {
  const model = await resolveCompose(root, await ensureCompose());
  const absent = new Set<string>();
  for (const [service, { image = '', build }] of Object.entries(model.services)) {
    if (build !== undefined || (await hasImage(image, engine))) continue;
    absent.add(service);
    console.log(`skipped: ${service}, no image \`${image}\``);
  }
  if (absent.has('prepare')) {
    throw new StackError(
      'Expected the pinned images to be present, got none. Run `docker compose pull`.',
    );
  }
  return Object.keys(model.services).filter((service) => !absent.has(service));
}
