import { join } from 'node:path';
import { findAmtool, findPromtool } from '@watchkeeper/stack';
import { runCommand } from '@watchkeeper/stack/run-command';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import type { Check } from '../check.ts';
import { listFiles } from './list-files.ts';

/** Runs a tool; when it fails, its output is the problem. */
export async function problemsOf(
  cwd: string,
  command: string,
  parameters: string[],
): Promise<string[]> {
  const { code, stdout, stderr } = await runCommand(command, parameters, { cwd });
  return code === 0 ? [] : [`${stdout}${stderr}`.trim()];
}

// The browser has other globals than Node.
const typeProjects = ['.', 'packages/viewer/src/client'];

/** The types of all TypeScript in the repository. */
export const typesCheck: Check = {
  name: 'types',
  async run(root) {
    const tsc = join(root, 'node_modules/.bin/tsc');
    const problems = await Promise.all(
      typeProjects.map((project) => problemsOf(root, tsc, ['-p', project])),
    );
    return problems.flat();
  },
};

/** Format and lint; warnings count as errors. */
export const lintCheck: Check = {
  name: 'lint',
  run: (root) =>
    problemsOf(root, join(root, 'node_modules/.bin/biome'), ['check', '--error-on-warnings', '.']),
};

/** Prometheus' configuration and rules, by Prometheus' own tool. */
export const prometheusCheck: Check = {
  name: 'prometheus configuration',
  async run(root) {
    const promtool = await findPromtool();
    const folder = join(root, 'monitoring/prometheus');
    const strict = ['--lint=all', '--lint-fatal'];
    const rules = listFiles(folder, 'rules', '.rules.yml');
    return [
      ...(await problemsOf(folder, promtool, ['check', 'config', ...strict, 'prometheus.yml'])),
      ...(await problemsOf(folder, promtool, ['check', 'rules', ...strict, ...rules])),
    ];
  },
};

/** Alertmanager's configuration, by Alertmanager's own tool. */
export const alertmanagerCheck: Check = {
  name: 'alertmanager configuration',
  run: async (root) =>
    problemsOf(root, await findAmtool(), [
      'check-config',
      'monitoring/alertmanager/alertmanager.yml',
    ]),
};

// Tools that neither Debian nor npm packages run only where they are on PATH.
const validators: Readonly<Record<string, readonly string[]>> = {
  loki: ['-config.file=monitoring/loki/loki.yml', '-verify-config'],
  promtail: ['-config.file=monitoring/promtail/promtail.yml', '-check-syntax'],
  jaeger: ['validate', '--config', 'monitoring/jaeger/jaeger.yml'],
  alloy: ['validate', 'monitoring/alloy/config.alloy'],
};

/** The configuration of each tool on PATH, by the tool itself; the name lists those that are not. */
export function createValidatorsCheck(path = process.env.PATH): Check {
  const names = Object.keys(validators);
  const absent = names.filter((name) => findOnPath([name], path) === undefined);
  const note = absent.length === 0 ? '' : ` (not on PATH: ${absent.join(', ')})`;
  return {
    name: `${names.join(', ')} configuration${note}`,
    async run(root) {
      const found = names.filter((name) => !absent.includes(name));
      const problems = found.map((name) =>
        problemsOf(root, findOnPath([name], path) ?? name, [...(validators[name] ?? [])]),
      );
      return (await Promise.all(problems)).flat();
    },
  };
}
