import { join } from 'node:path';
import { findAmtool, findPromtool } from '@watchkeeper/stack';
import { runCommand } from '@watchkeeper/stack/run-command';
import { findOnPath } from '@watchkeeper/stack/tools/path-search';
import type { Check } from '../check.ts';
import { listFiles } from './list-files.ts';

type Command = readonly [program: string, ...parameters: string[]];

/** Runs programs in a folder of the repository; when one fails, its output is the problem. */
function createToolCheck(
  name: string,
  commandsFor: (root: string) => readonly Command[] | Promise<readonly Command[]>,
  folder = '.',
): Check {
  return {
    name,
    async run(root) {
      const cwd = join(root, folder);
      const runs = (await commandsFor(root)).map(([program, ...parameters]) =>
        runCommand(program, parameters, { cwd }),
      );
      return (await Promise.all(runs)).flatMap(({ code, stdout, stderr }) =>
        code === 0 ? [] : [`${stdout}${stderr}`.trim()],
      );
    },
  };
}

/** A program of an npm package, run by this Node. */
function inPackage(root: string, program: string, ...parameters: string[]): Command {
  return [process.execPath, join(root, 'node_modules', program), ...parameters];
}

// The browser has other globals than Node.
const typeProjects = ['.', 'packages/viewer/src/client'];
const codeFolders = [
  ...['.ci', 'apps', 'packages', 'tools', 'scripts', 'tests', 'monitoring/dashboards'],
];

/** Types, lint, imports and duplicates of all code, by the tools that know them. */
export const codeChecks: readonly Check[] = [
  createToolCheck('types', (root) =>
    typeProjects.map((project) => inPackage(root, 'typescript/bin/tsc', '-p', project)),
  ),
  createToolCheck('lint', (root) => [
    [join(root, 'node_modules/.bin/biome'), 'check', '--error-on-warnings', '.'],
  ]),
  // Imports go in the directions that docs/architecture.md gives, and in no circle.
  createToolCheck('imports', (root) => {
    const options = ['--config', '.dependency-cruiser.cjs', '--output-type', 'err'];
    const program = 'dependency-cruiser/bin/dependency-cruiser.mjs';
    return [inPackage(root, program, ...options, ...codeFolders)];
  }),
  createToolCheck('unused exports, files and dependencies', (root) => [
    inPackage(root, 'knip/bin/knip.js', '--no-progress'),
  ]),
  // `.jscpd.json` says from which length on.
  createToolCheck('duplicates', (root) => [
    inPackage(root, 'jscpd/run-jscpd.js', '--exit-code', '1', '.'),
  ]),
];

/** Prometheus' configuration and rules, by Prometheus' own tool. */
export const prometheusCheck = createToolCheck(
  'prometheus configuration',
  async (root) => {
    const promtool = await findPromtool();
    const strict = ['--lint=all', '--lint-fatal'];
    const rules = listFiles(join(root, 'monitoring/prometheus'), 'rules', '.rules.yml');
    return [
      [promtool, 'check', 'config', ...strict, 'prometheus.yml'],
      [promtool, 'check', 'rules', ...strict, ...rules],
    ];
  },
  'monitoring/prometheus',
);

/** Alertmanager's configuration, by Alertmanager's own tool. */
export const alertmanagerCheck = createToolCheck('alertmanager configuration', async () => [
  [await findAmtool(), 'check-config', 'monitoring/alertmanager/alertmanager.yml'],
]);

// Tools that neither Debian nor npm packages run only where they are on PATH.
const validators: Readonly<Record<string, readonly string[]>> = {
  loki: ['-config.file=monitoring/loki/loki.yml', '-verify-config'],
  promtail: ['-config.file=monitoring/promtail/promtail.yml', '-check-syntax'],
  jaeger: ['validate', '--config', 'monitoring/jaeger/jaeger.yml'],
  alloy: ['validate', 'monitoring/alloy/config.alloy'],
};

/** The configuration of each tool on PATH, by the tool itself; the name lists those that are not. */
export const validatorsCheck = createValidatorsCheck();

function createValidatorsCheck(): Check {
  const names = Object.keys(validators);
  const absent = names.filter((name) => findOnPath([name]) === undefined);
  const note = absent.length === 0 ? '' : ` (not on PATH: ${absent.join(', ')})`;
  const commands = Object.entries(validators)
    .filter(([name]) => !absent.includes(name))
    .map(([name, parameters]): Command => [name, ...parameters]);
  return createToolCheck(`${names.join(', ')} configuration${note}`, () => commands);
}
