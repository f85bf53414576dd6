import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeModel } from './compose-model.ts';
import { docker, type Engine } from './engine.ts';

/** The tool in a component's image that checks its configuration. */
interface Checker {
  /** From `monitoring`. */
  readonly file: string;
  readonly command: string;
  readonly parameters: (file: string) => readonly string[];
}

const checkers: Readonly<Record<string, Checker>> = {
  prometheus: {
    file: 'prometheus/prometheus.yml',
    command: 'promtool',
    parameters: (file) => ['check', 'config', file],
  },
  alertmanager: {
    file: 'alertmanager/alertmanager.yml',
    command: 'amtool',
    parameters: (file) => ['check-config', file],
  },
  loki: {
    file: 'loki/loki.yml',
    command: '/usr/bin/loki',
    parameters: (file) => [`-config.file=${file}`, '-verify-config'],
  },
  promtail: {
    file: 'promtail/promtail.yml',
    command: '/usr/bin/promtail',
    parameters: (file) => [`-config.file=${file}`, '-check-syntax'],
  },
  jaeger: {
    file: 'jaeger/jaeger.yml',
    command: '/cmd/jaeger/jaeger-linux',
    parameters: (file) => ['validate', '--config', file],
  },
  alloy: {
    file: 'alloy/config.alloy',
    command: '/bin/alloy',
    parameters: (file) => ['validate', file],
  },
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
    Object.entries(checkers).map(async ([service, { file, command, parameters }]) => {
      const image = services[service]?.image ?? '';
      const isThere = existsSync(join(root, 'monitoring', file));
      if (!isThere || (await docker(['image', 'inspect', image], engine)).code !== 0) return [];
      const { code, stdout, stderr } = await docker(
        [
          ...['run', '--rm', '--network=none', '--cap-drop=ALL', '--read-only', '--tmpfs=/tmp'],
          ...['--user=65534:65534', '-v', `${join(root, 'monitoring')}:${folder}:ro`],
          ...['--entrypoint', command, image, ...parameters(`${folder}/${file}`)],
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
