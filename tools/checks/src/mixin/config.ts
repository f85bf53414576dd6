import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDuration } from '@watchkeeper/viewer/model/duration';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { namesIn } from '../names/promql.ts';
import { isAmount } from './amount.ts';

export const configFolder = 'monitoring/config';
export const severitiesFile = `${configFolder}/severities.yml`;
/** The severities that Alertmanager's routes know. */
export const severityNames = ['critical', 'warning', 'info', 'none'] as const;

const durationSchema = z.string().refine((text) => parseDuration(text) !== undefined, {
  error: ({ input }) => `Expected a duration such as 90s, 5m or 24h, got \`${input}\`.`,
});
const amount = z.union([z.string(), z.number()]).refine(isAmount, {
  error: ({ input }) =>
    `Expected a number, a share (70%), a duration (90s) or a size (1GiB), got \`${input}\`.`,
});
const name = z.string().regex(/^[a-z][a-zA-Z0-9]*$/, 'Expected a name such as `minErrors`.');
const selector = z.string().refine((text) => namesIn(`x{${text}}`).problem === undefined, {
  error: ({ input }) => `Expected matchers such as \`namespace="shop"\`, got \`${input}\`.`,
});

/** What every alert has. */
export const commonSchema = z.object({
  severity: z.enum(severityNames, {
    error: ({ input }) => `Expected one of ${severityNames.join(', ')}, got \`${input}\`.`,
  }),
  /** For how long the expression must hold before the alert fires; at once where absent. */
  for: durationSchema.optional(),
  /** For how long it must be quiet before the alert is over; that of its severity where absent. */
  keepFiringFor: durationSchema.optional(),
});
const alertSchema = commonSchema.catchall(amount);

const groupSchema = z.strictObject({
  /** Matchers that say which series are meant, such as `namespace="shop"`; empty for all. */
  selectors: z.record(name, selector).default({}),
  /** Amounts that several rules of the file read. */
  values: z.record(name, amount).default({}),
  alerts: z.record(z.string(), alertSchema).default({}),
});

const severitiesSchema = z.record(
  z.enum(severityNames),
  z.strictObject({ keepFiringFor: durationSchema.optional() }),
);

export type GroupConfig = z.output<typeof groupSchema>;
export type Severities = z.output<typeof severitiesSchema>;

/** The file with the values of a group of rules. */
export const configFileOf = (group: string) => `${configFolder}/${group}.yml`;

/** What a copier changes of one rule file; throws with the file, the path in it and the cure. */
export function readGroupConfig(root: string, group: string): GroupConfig {
  return readConfig(root, configFileOf(group), groupSchema);
}

/** How long alerts of each severity must be quiet before they are over. */
export function readSeverities(root: string): Severities {
  return readConfig(root, severitiesFile, severitiesSchema);
}

/** Reads a file of `monitoring/config`; throws with the file, the path in it and the cure. */
export function readConfig<T>(root: string, path: string, schema: z.ZodType<T>): T {
  const file = join(root, path);
  if (!existsSync(file)) {
    throw new Error(`${path}: is missing. Its template reads the values of its rules from it.`);
  }
  const document = parseDocument(readFileSync(file, 'utf8'));
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) throw new Error(`${path}: ${syntaxError.message}`);
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path: keys, message }) =>
    keys.length === 0 ? `${path}: ${message}` : `${path}: \`${keys.join('.')}\`: ${message}`,
  );
  throw new Error(problems.join('\n'));
}

/** How long an alert must be quiet before it is over; undefined for one that never ends. */
export function quietTimeOf(alert: z.output<typeof commonSchema>, severities: Severities) {
  return alert.keepFiringFor ?? severities[alert.severity].keepFiringFor;
}
