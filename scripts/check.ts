// `npm run check`: everything that can be known without starting anything.
import { join } from 'node:path';
import { runChecks } from '@watchkeeper/checks/all';
import { formatSizes, measureSizes } from '@watchkeeper/checks/structure/sizes';
import { runVerb } from '@watchkeeper/drills/command/main';

const root = join(import.meta.dirname, '..');

await runVerb('Usage: npm run check [-- --sizes]', ['sizes'], async ({ sizes }) => {
  if (sizes) {
    console.log(formatSizes(measureSizes(root)));
    return 0;
  }
  const { failed } = await runChecks(root);
  return failed === 0 ? 0 : 1;
});
