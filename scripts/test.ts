// `npm test`: checks, contract, rules, units, browser, end to end, drills, containers. The last line
// counts them all.
import { join } from 'node:path';
import { runCommand } from '@watchkeeper/drills/command/run-command';
import { runSuite } from '@watchkeeper/suite/suite';

await runCommand(() => runSuite(join(import.meta.dirname, '..'), process.argv.slice(2)));
