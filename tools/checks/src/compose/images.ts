import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeModel } from '@watchkeeper/compose/compose-model';

// The variable that replaces it, an exact tag, the digest of all its architectures.
const pinned = /^\$\{[A-Z_]+_IMAGE:-[\w./-]+:v?\d+(?:\.\d+)*[\w.-]*@sha256:[0-9a-f]{64}\}$/;

/** Images that have no digest here, each with the reason. */
const withoutDigest: Readonly<Record<string, string>> = {
  'grafana/promtail':
    'no public repository was found that pins it by digest; it gets no new version',
};

// Quoted, in braces or on the next line, as YAML allows.
const named = /(?<=^|[\s{,])(["']?)(?:image|[A-Z_]+_IMAGE)\1\s*:\s+(.+)$/gm;

/** What compose reads as an image, or hands to a build as one. */
function composeImages(text: string): string[] {
  const code = text.replace(/^ *#.*$/gm, '');
  return [...code.matchAll(named)].map(([, , image = '']) => image);
}

const bases = /^(?:FROM|# *syntax *=)\s*(?:--\S+\s+)*(\S+)|\bfrom=([^\s,]+)/gim;

/** What Docker pulls for a Dockerfile: stages and variables for images are declared elsewhere in it. */
function dockerfileImages(text: string): string[] {
  const stages = [...text.matchAll(/^FROM\s.+\sAS\s+(\S+)/gim)].map(([, stage = '']) => stage);
  const declared = text.matchAll(/^ARG (\w+_IMAGE)=(.+)$/gm);
  const pulled = [...text.matchAll(bases)]
    .map(([, base, source = '']) => base ?? source)
    .filter((base) => !/^(\$\{[A-Z_]+_IMAGE\}|scratch|\d+)$/.test(base) && !stages.includes(base));
  return [...[...declared].map(([, name, image]) => `\${${name}:-${image}}`), ...pulled];
}

function declaredImages(file: string, text: string): string[] {
  return file.startsWith('Dockerfile') ? dockerfileImages(text) : composeImages(text);
}

/** Images that somebody else could replace behind their tag, or that nobody can replace by a mirror's. */
export function pinProblems(file: string, text: string): string[] {
  return declaredImages(file, text).flatMap((image) => {
    if (/^watchkeeper\/galley:\d+\.\d+\.\d+$/.test(image) || pinned.test(image)) return [];
    const [, name = ''] = /^\$\{[A-Z_]+_IMAGE:-([\w./-]+):\d[\w.-]*\}$/.exec(image) ?? [];
    if (name in withoutDigest) return [];
    return [`${file}: expected \`\${NAME_IMAGE:-name:tag@sha256:digest}\`, got \`${image}\`.`];
  });
}

/** Every image is pinned by digest, and each of its uses names the same one. */
export function imageProblems(root: string): string[] {
  const files = readdirSync(root)
    .filter((file) => /^(docker-)?compose.*\.ya?ml$|^Dockerfile/.test(file))
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
  const images = files.flatMap(({ file, text }) => declaredImages(file, text));
  const byVariable = Map.groupBy(new Set(images), (image) => image.split(':-')[0] ?? '');
  return [
    ...files.flatMap(({ file, text }) => pinProblems(file, text)),
    ...[...byVariable].flatMap(([variable, different]) =>
      different.length === 1 || !variable.startsWith('${')
        ? []
        : [`expected one image for \`${variable}}\`, got \`${different.join('`, `')}\`.`],
    ),
  ];
}

/** An image is built by one service; the others that use it wait for that one, and never pull it. */
export function buildProblems({ services }: Pick<ComposeModel, 'services'>): string[] {
  const entries = Object.entries(services);
  const builders = entries.filter(([, { build }]) => build !== undefined);
  return builders.flatMap(([builder, { image = '' }]) => {
    const users = entries.filter(([name, service]) => name !== builder && service.image === image);
    return users.flatMap(([name, { build, pull_policy: policy }]) => [
      ...(build === undefined
        ? []
        : [`service \`${name}\`: expected \`${image}\` to be built by \`${builder}\` alone.`]),
      ...(policy === 'never'
        ? []
        : [`service \`${name}\`: expected \`pull_policy: never\`, got \`${policy}\`.`]),
      ...(waitsFor(services, name, builder)
        ? []
        : [
            `service \`${name}\`: expected it to start after \`${builder}\`, which builds its image.`,
          ]),
    ]);
  });
}

function waitsFor(services: ComposeModel['services'], name: string, other: string): boolean {
  return Object.keys(services[name]?.depends_on ?? {}).some(
    (dependency) => dependency === other || waitsFor(services, dependency, other),
  );
}

/** The tag of the apps' image and their SERVICE_VERSION are the version of package.json. */
export function versionProblems(root: string, model: ComposeModel): string[] {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  return Object.entries(model.services).flatMap(([name, service]) => {
    if (!service.image?.startsWith('watchkeeper/')) return [];
    const isApp = service.working_dir !== undefined;
    const tag = service.image.split(':')[1];
    const declared = isApp ? [tag, service.environment?.SERVICE_VERSION] : [tag];
    const isListed = !isApp || dockerfile.includes(`COPY apps/${name}/package.json apps/${name}/`);
    return [
      ...declared
        .filter((value) => value !== version)
        .map((value) => `service \`${name}\`: expected version \`${version}\`, got \`${value}\`.`),
      ...(isListed ? [] : [`Dockerfile: expected \`COPY apps/${name}/package.json\`.`]),
    ];
  });
}
