import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeModel } from './compose-model.ts';
import { docker, type Engine } from './engine.ts';

/** The tool in a component's image that judges its configuration. */
interface Judge {
  /** From `monitoring`. */
  readonly file: string;
  readonly command: string;
  readonly parameters: (file: string) => readonly string[];
}

const judges: Readonly<Record<string, Judge>> = {
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
// What the tools say beside the fault: what they do, their version, the same again with a time.
const noise = /^(Checking .*[^D]$|\d{4}\/|amtool: error|\s*SUCCESS)/;

/** Configurations that are YAML but that their own component, where its image is here, refuses. */
export async function configurationFaults(
  root: string,
  { services }: ComposeModel,
  engine: Engine,
): Promise<string[]> {
  const faults = await Promise.all(
    Object.entries(judges).map(async ([service, { file, command, parameters }]) => {
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

function describe(file: string, image: string, output: string): string {
  const lines = output
    .replaceAll(folder, 'monitoring')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !noise.test(line));
  const said = [...new Set(lines)].slice(0, 5).join(' ');
  return `monitoring/${file}: \`${image}\` refuses it: ${said} Correct it.`;
}
