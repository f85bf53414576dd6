// `npm run check`: everything that can be known without starting anything.
import { join } from 'node:path';
import { runChecks } from '@watchkeeper/checks/all';

const { failed } = await runChecks(join(import.meta.dirname, '..'));
process.exitCode = failed === 0 ? 0 : 1;
