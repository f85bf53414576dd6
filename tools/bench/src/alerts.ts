// What the alerts are worth: how right they are, what their evaluation costs with a hundred instances
// of each app, and how soon a fault reaches people.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '@watchkeeper/stack';
import { measureAccuracy } from './alerts/accuracy.ts';
import { measureEvaluation } from './alerts/evaluation.ts';
import { measureNotification } from './alerts/notification.ts';
import { createReport } from './load/report.ts';

const page = join(repositoryRoot, 'docs/alert-accuracy.md');

const parts = { evaluation: measureEvaluation, notification: measureNotification };
const usage = 'npm run bench -- alerts [accuracy|evaluation|notification] [--write]';

/** `npm run bench -- alerts [part] [--write]`; `--write` puts the figures into their page. */
export async function run(parameters: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: parameters,
    options: { write: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [part = 'accuracy', ...more] = positionals;
  if (part === 'accuracy' && more.length === 0) return measureAccuracy();
  if (!Object.hasOwn(parts, part) || more.length > 0) {
    console.error(
      `Expected a part of the benchmark, got \`${positionals.join(' ')}\`. Usage: ${usage}`,
    );
    process.exit(2);
  }
  const report = createReport();
  await parts[part as keyof typeof parts](report);
  if (values.write) report.writeInto(page, part);
}
