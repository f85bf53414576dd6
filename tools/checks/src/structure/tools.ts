import { join } from 'node:path';
import type { Check } from '../check.ts';
import { problemsOf } from '../repository/tool-checks.ts';

const folders = ['.ci', 'apps', 'packages', 'tools', 'scripts', 'tests', 'monitoring/dashboards'];

/** Runs a program of an npm package with this Node. */
function runPackage(root: string, program: string, parameters: string[]): Promise<string[]> {
  return problemsOf(root, process.execPath, [join(root, 'node_modules', program), ...parameters]);
}

/** Imports go in the directions that docs/architecture.md gives, and in no circle. */
export const importsCheck: Check = {
  name: 'imports',
  run: (root) =>
    runPackage(root, 'dependency-cruiser/bin/dependency-cruiser.mjs', [
      ...['--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...folders],
    ]),
};

/** No export, file or dependency that nothing uses, and none used that is not declared. */
export const unusedCheck: Check = {
  name: 'unused exports, files and dependencies',
  run: (root) => runPackage(root, 'knip/bin/knip.js', ['--no-progress']),
};

/** No run of lines stands twice; `.jscpd.json` says from which length on. */
export const duplicatesCheck: Check = {
  name: 'duplicates',
  run: (root) => runPackage(root, 'jscpd/run-jscpd.js', ['--exit-code', '1', '.']),
};
