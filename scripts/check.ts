// `npm run check`: everything that can be known without starting anything.
import { join } from 'node:path';
import { runChecks } from '@watchkeeper/checks/all';
import { formatSizes, measureSizes } from '@watchkeeper/checks/structure/sizes';

const root = join(import.meta.dirname, '..');
const [flag, ...rest] = process.argv.slice(2);
if (flag === '--sizes' && rest.length === 0) {
  console.log(formatSizes(measureSizes(root)));
} else if (flag === undefined) {
  const { failed } = await runChecks(root);
  process.exitCode = failed === 0 ? 0 : 1;
} else {
  console.error(
    `Unknown arguments \`${[flag, ...rest].join(' ')}\`. Usage: npm run check [-- --sizes]`,
  );
  process.exitCode = 2;
}
