// How accurate the alerts are, what their evaluation costs with a hundred instances of each app,
// how soon a fault reaches the inbox, and how many notifications an outage costs.

import { join } from 'node:path';
import { parseCommandLine, usageError } from '@watchkeeper/drills/command/arguments';
import { repositoryRoot } from '@watchkeeper/stack';
import { measureAccuracy, measureIncidents } from './alerts/accuracy.ts';
import { measureEvaluation } from './alerts/evaluation.ts';
import { measureNotification } from './alerts/notification.ts';
import { measureOutages } from './alerts/outages.ts';
import { createReport, type Report } from './report/report.ts';

const parts: Readonly<Record<string, (report: Report) => Promise<void>>> = {
  accuracy: measureAccuracy,
  incidents: measureIncidents,
  evaluation: measureEvaluation,
  notification: measureNotification,
  outages: measureOutages,
};
const usage = `Usage: npm run bench -- alerts [${Object.keys(parts).join('|')}] [--write]

  --write  replaces the figures in docs/alert-accuracy.md; those of \`accuracy\` are printed only`;

export async function run(parameters: string[]): Promise<void> {
  const options = { write: { type: 'boolean' } } as const;
  const { values, positionals } = parseCommandLine(parameters, options, usage);
  const [name = 'accuracy', ...more] = positionals;
  const measure = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (measure === undefined || more.length > 0) {
    throw usageError(`Expected a part, got \`${positionals.join(' ')}\`.`, usage);
  }
  const report = createReport();
  await measure(report);
  if (values.write && name !== 'accuracy') {
    report.writeInto(join(repositoryRoot, 'docs/alert-accuracy.md'), name);
  }
}
