import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@watchkeeper/stack';
import { runCommand, runOrThrow } from '@watchkeeper/stack/run-command';

/** A package as CycloneDX lists it. */
export interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { license?: { id?: string; name?: string }; expression?: string }[];
  readonly externalReferences?: readonly { hashes?: readonly { alg: string }[] }[];
}

interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly components: readonly Component[];
}

const { config } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
  config: { pnpm: string };
};
// The package manager itself, as pinned: it needs no other tool to list what it installs.
const pnpm = ['--yes', `pnpm@${config.pnpm}`];
const folder = join(repositoryRoot, 'node_modules/.cache/watchkeeper/sbom');

/** Runs the pinned pnpm; the caller judges its exit code. */
export const runPnpm = (...parameters: string[]) =>
  runCommand('npx', [...pnpm, ...parameters], { cwd: repositoryRoot });

/** Writes a CycloneDX file into node_modules/.cache/watchkeeper/sbom, and reads it. */
export async function makeSbom(name: string, ...parameters: string[]): Promise<Sbom> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.cdx.json`);
  const format = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const words = ['sbom', ...parameters, ...format, '--sbom-spec-version', '1.6', '--out', file];
  await runOrThrow('npx', [...pnpm, ...words], { cwd: repositoryRoot });
  return JSON.parse(readFileSync(file, 'utf8')) as Sbom;
}

/** What the image of the apps installs. */
export const makeImageSbom = () => makeSbom('image', '--prod', '--filter', './apps/*');

/** As `name@version`. */
export function nameOf({ group, name, version }: Component): string {
  return `${group === undefined ? '' : `${group}/`}${name}@${version}`;
}
