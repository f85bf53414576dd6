import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findAmtool, findPromtool } from '@watchkeeper/stack';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import type { Check } from '../check.ts';

const run = promisify(execFile);

/** Runs a tool that says itself what is wrong; its output is the fault. */
export async function faultsOf(
  root: string,
  command: string,
  parameters: string[],
): Promise<string[]> {
  try {
    await run(command, parameters, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
    return [];
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      message,
    } = error as Error & { stdout?: string; stderr?: string };
    return [`${stdout}${stderr}`.trim() || message];
  }
}

// What runs in a browser knows other globals than Node does.
const typeProjects = ['.', 'packages/viewer/src/client'];

/** The types of all TypeScript in the repository. */
export const typesCheck: Check = {
  name: 'types',
  async run(root) {
    const tsc = join(root, 'node_modules/.bin/tsc');
    const faults = await Promise.all(
      typeProjects.map((project) => faultsOf(root, tsc, ['-p', project])),
    );
    return faults.flat();
  },
};

/** Format and lint; warnings count as errors. */
export const lintCheck: Check = {
  name: 'lint',
  run: (root) =>
    faultsOf(root, join(root, 'node_modules/.bin/biome'), ['check', '--error-on-warnings', '.']),
};

/** Prometheus' configuration and rules, by Prometheus' own tool. */
export const prometheusCheck: Check = {
  name: 'prometheus configuration',
  async run(root) {
    const promtool = await findPromtool();
    const folder = join(root, 'monitoring/prometheus');
    return [
      ...(await faultsOf(folder, promtool, [
        'check',
        'config',
        '--lint=all',
        '--lint-fatal',
        'prometheus.yml',
      ])),
      ...(await faultsOf(folder, promtool, [
        'check',
        'rules',
        '--lint=all',
        '--lint-fatal',
        ...ruleFiles(folder),
      ])),
    ];
  },
};

function ruleFiles(folder: string): string[] {
  return readdirSync(join(folder, 'rules'))
    .filter((file) => file.endsWith('.rules.yml'))
    .map((file) => join('rules', file));
}

/** Alertmanager's configuration, by Alertmanager's own tool. */
export const alertmanagerCheck: Check = {
  name: 'alertmanager configuration',
  run: async (root) =>
    faultsOf(root, await findAmtool(), [
      'check-config',
      'monitoring/alertmanager/alertmanager.yml',
    ]),
};

// What neither Debian nor npm packages is asked only where it is on PATH.
const validators: Readonly<Record<string, readonly string[]>> = {
  loki: ['-config.file=monitoring/loki/loki.yml', '-verify-config'],
  promtail: ['-config.file=monitoring/promtail/promtail.yml', '-check-syntax'],
  jaeger: ['validate', '--config', 'monitoring/jaeger/jaeger.yml'],
  alloy: ['validate', 'monitoring/alloy/config.alloy'],
};

/** The configuration of each tool that is on PATH, by the tool itself; its name says which are not. */
export function createValidatorsCheck(path = process.env.PATH): Check {
  const names = Object.keys(validators);
  const absent = names.filter((name) => findOnPath([name], path) === undefined);
  const note = absent.length === 0 ? '' : ` (not on PATH: ${absent.join(', ')})`;
  return {
    name: `${names.join(', ')} configuration${note}`,
    async run(root) {
      const found = names.filter((name) => !absent.includes(name));
      const faults = found.map((name) =>
        faultsOf(root, findOnPath([name], path) ?? name, [...(validators[name] ?? [])]),
      );
      return (await Promise.all(faults)).flat();
    },
  };
}
