import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeModel } from '@watchkeeper/compose/compose-model';
import { composeFiles } from '@watchkeeper/stack/compose-file';

// The variable that replaces it, an exact tag, the digest of all its architectures.
const pinned = /^\$\{[A-Z_]+_IMAGE:-[\w./-]+:v?\d+(?:\.\d+)*[\w.-]*@sha256:[0-9a-f]{64}\}$/;

/** Images that have no digest here, each with the reason. */
const withoutDigest: Readonly<Record<string, string>> = {
  'grafana/promtail':
    'no public repository was found that pins it by digest; it gets no new version',
};

/** Where an image is named, as compose and Docker read it. */
function declaredImages(text: string): string[] {
  return [...text.matchAll(/^ *(?:image: |ARG \w+_IMAGE=)(.+)$/gm)].map(([, image = '']) => image);
}

/** Images that somebody else could replace behind their tag, or that nobody can replace by a mirror's. */
export function pinProblems(file: string, text: string): string[] {
  return declaredImages(text).flatMap((image) => {
    // A build argument is its own variable.
    const declared = file === 'Dockerfile' ? `\${NODE_IMAGE:-${image}}` : image;
    if (declared.startsWith('watchkeeper/') || pinned.test(declared)) return [];
    const [, name = ''] = /^\$\{[A-Z_]+_IMAGE:-([\w./-]+):\d[\w.-]*\}$/.exec(declared) ?? [];
    if (name in withoutDigest) return [];
    return [`${file}: expected \`\${NAME_IMAGE:-name:tag@sha256:digest}\`, got \`${image}\`.`];
  });
}

/** Every image is pinned by digest, and each of its uses names the same one. */
export function imageProblems(root: string): string[] {
  const files = [...composeFiles, 'docker-compose.tls.yml', 'Dockerfile'].map((file) => ({
    file,
    text: readFileSync(join(root, file), 'utf8'),
  }));
  const images = files.flatMap(({ text }) => declaredImages(text));
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
