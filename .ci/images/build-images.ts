import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, dockerOrThrow, type Engine } from '@watchkeeper/compose/engine';
import { withTemporaryFolder } from '@watchkeeper/drills/systems/temporary-stack';
import { declaredImages, imageIn } from '@watchkeeper/stack/compose-file';
import { baseImage, ensureBaseImage } from './base-image.ts';
import { type StandIn, standIns } from './stand-ins.ts';

export interface ImageState {
  /** The variable with which compose takes another image. */
  readonly variable: string;
  /** Its name on this machine. */
  readonly image: string;
  /** `real` came from a registry; `missing` is not available. */
  readonly state: 'real' | 'stand-in' | 'missing';
  /** The content of the stand-in, or why there is none. */
  readonly detail: string;
}

type Found = Omit<ImageState, 'variable'>;

const sourceLabel = 'io.watchkeeper.stand-in.source';

/** Undefined when the image is not there. */
async function inspectImage(image: string, engine: Engine): Promise<Found | undefined> {
  const format = `{{index .Config.Labels "${sourceLabel}"}}`;
  const { code, stdout } = await docker(['image', 'inspect', '--format', format, image], engine);
  if (code !== 0) return undefined;
  const source = stdout.trim();
  return source === '' || source === '<no value>'
    ? { image, state: 'real', detail: '' }
    : { image, state: 'stand-in', detail: source };
}

function build(image: string, standIn: StandIn, engine: Engine): Promise<Found> {
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

/**
 * Finds each pinned image, pulls it or makes a stand-in for it; a real one is never replaced. A
 * stand-in has a name of its own, which `useStandIns` gives to compose.
 */
export async function ensureImages(
  engine: Engine,
  onProgress: (message: string) => void = () => {},
  { rebuild = false, mayPull = false, mayBuild = true }: ImageSources = {},
): Promise<readonly ImageState[]> {
  const states: ImageState[] = [];
  let isRegistryThere = mayPull;
  for (const { variable, reference } of declaredImages()) {
    const wanted = imageIn(process.env, { variable, reference });
    const standIn = standInName(reference);
    const present = (await inspectImage(wanted, engine)) ?? (await inspectImage(standIn, engine));
    if (present?.state === 'real' || (present && !rebuild)) {
      states.push({ variable, ...present });
      continue;
    }
    if (isRegistryThere && wanted === reference) {
      onProgress(`pulling ${reference}`);
      const { code, stderr } = await docker(['pull', '--quiet', reference], engine);
      if (code === 0) {
        states.push({ variable, image: reference, state: 'real', detail: '' });
        continue;
      }
      // A registry that can't be reached for one can't be for the others either.
      isRegistryThere = /not found|manifest unknown/.test(stderr);
    }
    const state = mayBuild
      ? await standInFor(standIn, engine, onProgress)
      : ({ image: wanted, state: 'missing', detail: '`docker compose pull`' } as const);
    // A missing one keeps the name under which compose looks for it.
    states.push({ variable, ...state, ...(state.state === 'missing' && { image: wanted }) });
  }
  return states;
}

/** Has every later `docker compose` of this process take the stand-ins. */
export function useStandIns(images: readonly ImageState[]): void {
  for (const { variable, image, state } of images) {
    if (state === 'stand-in') process.env[variable] = image;
  }
}

const standInPrefix = 'watchkeeper/stand-in/';

/** Under a name of its own: no image can be tagged with a digest that it does not have. */
function standInName(reference: string): string {
  return `${standInPrefix}${reference.split('@')[0]}`;
}

async function standInFor(
  image: string,
  engine: Engine,
  onProgress: (message: string) => void,
): Promise<Found> {
  const standIn = standIns[image.slice(standInPrefix.length).split(':')[0] ?? ''];
  if (standIn === undefined) return { image, state: 'missing', detail: 'it has no stand-in' };
  await ensureBaseImage(engine, onProgress);
  onProgress(`building ${image}`);
  return build(image, standIn, engine);
}
