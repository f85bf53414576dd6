// `node .ci/images/main.ts`: stand-ins for the pinned images, where no registry can be reached.
// Debian's packages and npm's are wrapped; Grafana, Loki, Promtail, Alloy and Jaeger are taken from
// OFFLINE_BIN_DIR if it is set. On Debian it may install an engine.

import { ensureEngine } from '@watchkeeper/compose/engine';
import { StackError } from '@watchkeeper/stack/stack-error';
import { ensureImages } from './build-images.ts';

const usage = 'Usage: node .ci/images/main.ts [--rebuild]';
const flags = process.argv.slice(2);
const onProgress = (message: string) => console.log(`… ${message}`);

if (flags.some((flag) => flag !== '--rebuild')) {
  console.error(`Expected no argument but \`--rebuild\`, got \`${flags.join(' ')}\`.\n${usage}`);
  process.exit(2);
}
try {
  const engine = await ensureEngine({ mayInstall: true, onProgress });
  const states = await ensureImages(engine, onProgress, { rebuild: flags.includes('--rebuild') });
  for (const { image, state, detail } of states) {
    console.log(`${state.padEnd(9)} ${image}${detail ? `: ${detail}` : ''}`);
  }
  const { DOCKER_CONFIG } = engine.environment;
  if (DOCKER_CONFIG !== process.env.DOCKER_CONFIG) {
    console.log(
      `\nCompose was fetched, not installed. For this shell: export DOCKER_CONFIG=${DOCKER_CONFIG}`,
    );
  }
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
