// `npm test`: checks, contract, rules, units, browser, end to end, drills, containers. The last line
// counts them all.
import { join } from 'node:path';
import { UsageError } from '@watchkeeper/suite/arguments';
import { runSuite } from '@watchkeeper/suite/suite';

try {
  process.exitCode = await runSuite(join(import.meta.dirname, '..'), process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
