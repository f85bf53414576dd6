import { type Engine, ensureEngine, mayRunEngine } from '@watchkeeper/compose/engine';
import { ensureImages, type ImageState, useStandIns } from '../../.ci/images/build-images.ts';

export interface Machine {
  readonly engine: Engine;
  readonly images: readonly ImageState[];
}

/**
 * Finds an engine and the pinned images. Only in CI is one installed, and are images
 * pulled or stand-ins built: a test changes no developer's machine.
 */
export async function findMachine(): Promise<Machine | { readonly reason: string }> {
  const isCi = process.env.CI === 'true';
  try {
    const engine = await ensureEngine({ mayInstall: isCi });
    const { DOCKER_CONFIG: configuration } = engine.environment;
    // Testcontainers finds compose through its own environment.
    if (configuration) process.env.DOCKER_CONFIG = configuration;
    // Its janitor is an image of its own; every test here takes down what it started.
    process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
    const sources = { mayPull: isCi, mayBuild: isCi };
    const images = await ensureImages(engine, () => {}, sources);
    useStandIns(images);
    return { engine, images };
  } catch (error) {
    // Where the kernel forbids an engine, the skipped tests are counted.
    if (isCi && mayRunEngine()) throw error;
    const [reason = ''] = (error as Error).message.split('\n');
    return { reason };
  }
}
