import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, dockerOrThrow, type Engine } from '@watchkeeper/compose/engine';
import { withTemporaryFolder } from '@watchkeeper/drills/systems/temporary-stack';
import { baseImage, ensureBaseImage } from './base-image.ts';
import { pinnedImages, type StandIn, standIns } from './stand-ins.ts';

export interface ImageState {
  readonly image: string;
  /** `real` came from a registry; `missing` is not available. */
  readonly state: 'real' | 'stand-in' | 'missing';
  /** The content of the stand-in, or why there is none. */
  readonly detail: string;
}

const sourceLabel = 'io.watchkeeper.stand-in.source';

/** Undefined when the image is not there. */
async function inspectImage(image: string, engine: Engine): Promise<ImageState | undefined> {
  const format = `{{index .Config.Labels "${sourceLabel}"}}`;
  const { code, stdout } = await docker(['image', 'inspect', '--format', format, image], engine);
  if (code !== 0) return undefined;
  const source = stdout.trim();
  return source === '' || source === '<no value>'
    ? { image, state: 'real', detail: '' }
    : { image, state: 'stand-in', detail: source };
}

function build(image: string, standIn: StandIn, engine: Engine): Promise<ImageState> {
  return withTemporaryFolder(async (context) => {
    const folder = join(context, 'root');
    mkdirSync(folder);
    const filled = await standIn.fill(folder);
    if ('missing' in filled) return { image, state: 'missing', detail: filled.missing };
    const dockerfile = [
      `FROM ${baseImage}`,
      'COPY root/ /',
      ...standIn.instructions,
      `LABEL io.watchkeeper.stand-in=true ${sourceLabel}="${filled.source}"`,
    ];
    writeFileSync(join(context, 'Dockerfile'), `${dockerfile.join('\n')}\n`);
    // The classic builder: it is in every engine, and a client without plugins can use it.
    const environment = { ...engine.environment, DOCKER_BUILDKIT: '0' };
    await dockerOrThrow(['build', '--quiet', '--tag', image, context], { environment });
    return { image, state: 'stand-in', detail: filled.source };
  });
}

/** How to get a missing image. */
export interface ImageSources {
  /** Builds existing stand-ins again, for example after an update of Debian's. */
  readonly rebuild?: boolean;
  readonly mayPull?: boolean;
  readonly mayBuild?: boolean;
}

/** Finds each pinned image, pulls it or makes a stand-in for it; a real one is never replaced. */
export async function ensureImages(
  engine: Engine,
  onProgress: (message: string) => void = () => {},
  { rebuild = false, mayPull = false, mayBuild = true }: ImageSources = {},
): Promise<readonly ImageState[]> {
  const states: ImageState[] = [];
  let isRegistryThere = mayPull;
  for (const image of pinnedImages()) {
    const present = await inspectImage(image, engine);
    if (present?.state === 'real' || (present && !rebuild)) {
      states.push(present);
      continue;
    }
    if (isRegistryThere) {
      onProgress(`pulling ${image}`);
      const { code, stderr } = await docker(['pull', '--quiet', image], engine);
      if (code === 0) {
        states.push({ image, state: 'real', detail: '' });
        continue;
      }
      // A registry that can't be reached for one can't be for the others either.
      isRegistryThere = /not found|manifest unknown/.test(stderr);
    }
    states.push(
      mayBuild
        ? await standInFor(image, engine, onProgress)
        : { image, state: 'missing', detail: '`docker compose pull`' },
    );
  }
  return states;
}

async function standInFor(
  image: string,
  engine: Engine,
  onProgress: (message: string) => void,
): Promise<ImageState> {
  const standIn = standIns[image.split(':')[0] ?? ''];
  if (standIn === undefined) return { image, state: 'missing', detail: 'it has no stand-in' };
  await ensureBaseImage(engine, onProgress);
  onProgress(`building a stand-in for ${image}`);
  return build(image, standIn, engine);
}
