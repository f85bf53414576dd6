import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDuration } from '@watchkeeper/viewer/model/duration';
import { parse } from 'yaml';
import { z } from 'zod';
import { isAmount } from './amount.ts';

export const configFolder = 'monitoring/config';
const severitiesFile = `${configFolder}/severities.yml`;

const duration = z.string().refine((text) => parseDuration(text) !== undefined, {
  error: ({ input }) => `Expected a duration such as 90s, 5m or 24h, got \`${input}\`.`,
});
const amount = z.union([z.string(), z.number()]).refine(isAmount, {
  error: ({ input }) =>
    `Expected a number, a share (70%), a duration (90s) or a size (1GiB), got \`${input}\`.`,
});
const name = z.string().regex(/^[a-z][a-zA-Z]*$/, 'Expected a name such as `minErrors`.');

const alertSchema = z
  .object({
    severity: z.string(),
    /** For how long the expression must hold before the alert fires; at once where absent. */
    for: duration.optional(),
    /** For how long it must be quiet before the alert is over; that of its severity where absent. */
    keepFiringFor: duration.optional(),
  })
  .catchall(amount);

const groupSchema = z.strictObject({
  /** Matchers that say which series are meant, such as `namespace="shop"`; empty for all. */
  selectors: z.record(name, z.string()).default({}),
  /** Amounts that several rules of the file read. */
  values: z.record(name, amount).default({}),
  alerts: z.record(z.string(), alertSchema).default({}),
});

const severitiesSchema = z.record(
  z.enum(['critical', 'warning', 'none']),
  z.strictObject({ keepFiringFor: duration.optional() }),
);

export type AlertConfig = z.output<typeof alertSchema>;
export type GroupConfig = z.output<typeof groupSchema>;
export type Severities = z.output<typeof severitiesSchema>;

/** What a copier changes of one rule file; throws with the file, the path in it and the cure. */
export function readGroupConfig(root: string, group: string): GroupConfig {
  return read(root, `${configFolder}/${group}.yml`, groupSchema);
}

/** How long alerts of each severity must be quiet before they are over. */
export function readSeverities(root: string): Severities {
  return read(root, severitiesFile, severitiesSchema);
}

function read<T>(root: string, path: string, schema: z.ZodType<T>): T {
  const file = join(root, path);
  if (!existsSync(file)) {
    throw new Error(`${path}: is missing. Its template reads the values of its rules from it.`);
  }
  const result = schema.safeParse(parse(readFileSync(file, 'utf8')) ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path: keys, message }) => `${path}: \`${keys.join('.')}\`: ${message}`,
  );
  throw new Error(problems.join('\n'));
}
