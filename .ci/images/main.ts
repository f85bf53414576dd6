// `node .ci/images/main.ts`: stand-ins for the pinned images, where no registry can be reached.
// Debian's packages and npm's are wrapped; Grafana, Loki, Promtail, Alloy and Jaeger are taken from
// OFFLINE_BIN_DIR if it is set. On Debian it may install an engine.

import { ensureEngine } from '@watchkeeper/compose/engine';
import { runVerb } from '@watchkeeper/drills/command/main';
import { ensureImages } from './build-images.ts';

const usage = 'Usage: node .ci/images/main.ts [--rebuild]';
const onProgress = (message: string) => console.log(`… ${message}`);

await runVerb(usage, ['rebuild'], async ({ rebuild = false }) => {
  const engine = await ensureEngine({ mayInstall: true, onProgress });
  const images = await ensureImages(engine, onProgress, { rebuild });
  for (const { image, state, detail } of images) {
    console.log(`${state.padEnd(9)} ${image}${detail ? `: ${detail}` : ''}`);
  }
  const exported = images.filter(({ state }) => state === 'stand-in');
  if (exported.length > 0) console.log('\nFor compose, in .env or in this shell:');
  for (const { variable, image } of exported) console.log(`export ${variable}=${image}`);
  const { DOCKER_CONFIG } = engine.environment;
  if (DOCKER_CONFIG !== process.env.DOCKER_CONFIG) {
    console.log(
      `\nCompose was fetched, not installed. For this shell: export DOCKER_CONFIG=${DOCKER_CONFIG}`,
    );
  }
  return 0;
});
