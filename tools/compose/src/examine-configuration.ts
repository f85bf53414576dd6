import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeModel } from './compose-model.ts';
import { docker, type Engine, hasImage } from './engine.ts';

// The tool in a component's image that checks a file of `monitoring`; `FILE` stands for its path.
const checkers: Readonly<Record<string, { readonly file: string; readonly command: string }>> = {
  prometheus: { file: 'prometheus/prometheus.yml', command: 'promtool check config FILE' },
  alertmanager: { file: 'alertmanager/alertmanager.yml', command: 'amtool check-config FILE' },
  loki: { file: 'loki/loki.yml', command: '/usr/bin/loki -config.file=FILE -verify-config' },
  promtail: {
    file: 'promtail/promtail.yml',
    command: '/usr/bin/promtail -config.file=FILE -check-syntax',
  },
  jaeger: {
    file: 'jaeger/jaeger.yml',
    command: '/cmd/jaeger/jaeger-linux validate --config FILE',
  },
  alloy: { file: 'alloy/config.alloy', command: '/bin/alloy validate FILE' },
};
const folder = '/configuration';
// The tools' output beside the fault: progress, their version, repetitions with a time.
const noise = /^(Checking .*[^D]$|\d{4}\/|amtool: error|\s*SUCCESS)/;

/** Configurations that their own component rejects, where its image is here. */
export async function configurationFaults(
  root: string,
  { services }: ComposeModel,
  engine: Engine,
): Promise<string[]> {
  const faults = await Promise.all(
    Object.entries(checkers).map(async ([service, { file, command }]) => {
      const image = services[service]?.image ?? '';
      const isThere = existsSync(join(root, 'monitoring', file));
      if (!isThere || !(await hasImage(image, engine))) return [];
      const [tool = '', ...parameters] = command.replace('FILE', `${folder}/${file}`).split(' ');
      const { code, stdout, stderr } = await docker(
        [
          ...['run', '--rm', '--network=none', '--cap-drop=ALL', '--read-only', '--tmpfs=/tmp'],
          ...['--user=65534:65534', '-v', `${join(root, 'monitoring')}:${folder}:ro`],
          ...['--entrypoint', tool, image, ...parameters],
        ],
        engine,
      );
      return code === 0 ? [] : [describe(file, image, `${stdout}\n${stderr}`)];
    }),
  );
  return faults.flat();
}

function describe(file: string, image: string, log: string): string {
  const lines = log
    .replaceAll(folder, 'monitoring')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !noise.test(line));
  const output = [...new Set(lines)].slice(0, 5).join(' ');
  return `monitoring/${file}: \`${image}\` rejects it: ${output} Correct it.`;
}
