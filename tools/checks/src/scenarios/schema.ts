import { parseDuration } from '@watchkeeper/viewer/model/duration';
import { parse } from 'yaml';
import { z } from 'zod';

const duration = z
  .string()
  .regex(/^\d+(s|m|h|d)$/, 'Expected a duration such as `90s`, `5m`, `2h` or `3d`.')
  .transform((text) => (parseDuration(text) ?? 0) / 1_000);
const share = z.number().min(0).max(1);
const lasts = { for: duration };
const resets = { isReset: z.boolean().default(false) };
/** Shares of the observations by their value in seconds; the rest is fast. */
const slow = z.record(z.string().regex(/^\d+(\.\d+)?$/), share).default({});

const absent = z.strictObject({ ...lasts, isAbsent: z.literal(true) });
const gaugePhase = z.union([
  absent,
  z.strictObject({ ...lasts, value: z.number() }),
  /** From the first to the second value in a straight line. */
  z.strictObject({ ...lasts, ramp: z.tuple([z.number(), z.number()]) }),
]);
const counterPhase = z.union([
  absent,
  z.strictObject({ ...lasts, ...resets, perSecond: z.number().min(0) }),
  /** Some at once, at the phase's beginning, and none after. */
  z.strictObject({ ...lasts, ...resets, once: z.number().min(0) }),
]);
const histogramPhase = z.union([
  absent,
  z.strictObject({ ...lasts, ...resets, perSecond: z.number().min(0), slow }),
]);
const httpPhase = z.union([
  absent,
  z.strictObject({
    ...lasts,
    ...resets,
    perSecond: z.number().min(0),
    errors: share.default(0),
    slow,
  }),
]);

const signal = z.union([
  z.strictObject({ gauge: z.string().min(1), phases: z.array(gaugePhase).min(1) }),
  z.strictObject({ counter: z.string().min(1), phases: z.array(counterPhase).min(1) }),
  z.strictObject({ histogram: z.string().min(1), phases: z.array(histogramPhase).min(1) }),
  /** Requests of a service, as counter by status and as histogram; the labels without braces. */
  z.strictObject({ http: z.string().min(1), phases: z.array(httpPhase).min(1) }),
]);

const scenario = z.strictObject({
  name: z.string().min(10),
  /** Of an incident: the published report's address, its year, and what happened in our own words. */
  source: z.url({ protocol: /^https$/, error: 'Expected an https address.' }).optional(),
  year: z.number().int().min(2000).optional(),
  report: z.string().min(20).optional(),
  /** Seconds between two samples; rules are evaluated at their groups' intervals, and no oftener. */
  interval: duration.default(5),
  /** When the fault begins; a scenario without one is healthy throughout. */
  faultAt: duration.optional(),
  /** Alerts that must fire, each with the longest time that may pass since the fault. */
  must: z.record(z.string(), duration).default({}),
  /** Other alerts that may fire, because their condition holds as well. */
  may: z.array(z.string()).default([]),
  /** An outage: how often at most its alerts reach pager and chat, through Alertmanager. */
  notifications: z
    .strictObject({ pager: z.number().int().min(0), chat: z.number().int().min(0) })
    .optional(),
  signals: z.array(signal).min(1),
});

const file = z.strictObject({ scenarios: z.array(scenario).min(1) });

/** A situation as synthetic series, labelled with the alerts that belong to it. Times in seconds. */
export type Scenario = z.output<typeof scenario>;

/** One series, or a family of them, through the scenario's phases. */
export type Signal = z.output<typeof signal>;

/**
 * Reads a file of scenarios.
 * @throws Error that names the file, the place and the fix
 */
export function readScenarios(text: string, path: string): readonly Scenario[] {
  const result = file.safeParse(parse(text, { merge: true }));
  if (!result.success) {
    const problems = result.error.issues.map(
      (issue) => `  ${issue.path.join('.')}: ${issue.message}`,
    );
    throw new Error(`${path}:\n${problems.join('\n')}`);
  }
  for (const { name, faultAt, must, ...rest } of result.data.scenarios) {
    checkProvenance(name, rest, path);
    const isFaulty = faultAt !== undefined;
    if (isFaulty !== Object.keys(must).length > 0) {
      throw new Error(
        `${path}: expected \`${name}\` to have both \`faultAt\` and \`must\`, or none.`,
      );
    }
  }
  return result.data.scenarios;
}

type Provenance = Pick<Scenario, 'source' | 'year' | 'report'>;

function checkProvenance(name: string, { source, year, report }: Provenance, path: string): void {
  const known = [source, year, report].filter((each) => each !== undefined).length;
  if (known !== 0 && known !== 3) {
    throw new Error(
      `${path}: expected \`${name}\` to have \`source\`, \`year\` and \`report\`, or none of them.`,
    );
  }
  if (known === 0 && /(^|\/)incidents-[^/]*$/.test(path)) {
    throw new Error(
      `${path}: expected \`${name}\` to have \`source\`, \`year\` and \`report\`, because the file ` +
        'is for incidents. Add them, or move it to another file.',
    );
  }
}
