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
export interface BenchProject {
  readonly name: string;
  readonly engine: Engine;
  readonly services: readonly string[];
  /** Waits until all are healthy; resolves to the seconds. */
  up(...services: readonly string[]): Promise<number>;
  /** For containers started after the call. */
  setTraffic(visitsPerSecond: string): void;
  url(portVariable: string): string;
}

/**
 * Uses the present images and pulls none; a running system is not affected. Removes its containers
 * and volumes at the end.
 */
export async function withProject(run: (project: BenchProject) => Promise<void>): Promise<void> {
  const engine = await ensureEngine({ mayInstall: process.env.CI === 'true' });
  const services = await findServices(engine);
  const name = 'watchkeeper-bench';
  const ports = Object.fromEntries(
    [...portVariables(root).keys()].map((variable, index) => [variable, firstPort + index]),
  );
  const environment: NodeJS.ProcessEnv = {
    ...engine.environment,
    ...Object.fromEntries(Object.entries(ports).map(([key, port]) => [key, String(port)])),
    TRAFFIC_RATE: steadyVisitsPerSecond,
  };
  const compose = (...parameters: string[]) =>
    dockerOrThrow(['compose', '-p', name, '--project-directory', root, ...parameters], {
      environment,
    });
  try {
    await compose('build', '--quiet');
    await run({
      name,
      engine,
      services,
      async up(...chosen) {
        const startedAt = performance.now();
        await compose('up', '-d', '--wait', '--no-build', ...chosen);
        return (performance.now() - startedAt) / 1_000;
      },
      setTraffic(visitsPerSecond) {
        environment.TRAFFIC_RATE = visitsPerSecond;
      },
      url: (variable) => `http://127.0.0.1:${ports[variable]}`,
    });
  } finally {
    await compose('down', '-v', '--remove-orphans');
  }
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
