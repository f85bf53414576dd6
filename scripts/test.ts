// `npm test`: checks, contract, rules, units, browser, end to end, drills, containers. The last line
// counts them all.
import { join } from 'node:path';
import { runMain } from '@watchkeeper/drills/command/main';
import { runSuite } from '@watchkeeper/suite/suite';

await runMain(() => runSuite(join(import.meta.dirname, '..'), process.argv.slice(2)));
