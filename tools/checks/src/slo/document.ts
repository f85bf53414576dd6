import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDuration } from '@watchkeeper/viewer/model/duration';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { namesIn } from '../names/promql.ts';
import { listFiles } from '../repository/list-files.ts';
import { type Burn, readBurnAlerts } from './burns.ts';

const query = z.object({
  metricSource: z.object({
    type: z.literal('Prometheus'),
    spec: z.object({ query: z.string().includes('{{.window}}').refine(isPromql, 'no PromQL') }),
  }),
});

// Under four weeks, the weekends in it differ from day to day.
const windowDays = { least: 28, most: 90 };
const windowSchema = z.string().refine(
  (text) => {
    const days = /^[1-9]\d?d$/.test(text) ? Number.parseInt(text, 10) : 0;
    return days >= windowDays.least && days <= windowDays.most;
  },
  {
    error: ({ input }) =>
      `Expected from ${windowDays.least}d to ${windowDays.most}d, got \`${input}\`.`,
  },
);

// The part of OpenSLO v1 that rules can be made of. Source: https://github.com/OpenSLO/OpenSLO
const schema = z.strictObject({
  apiVersion: z.literal('openslo/v1'),
  kind: z.literal('SLO'),
  metadata: z.strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
    displayName: z.string().min(1),
  }),
  spec: z.strictObject({
    description: z.string().min(1),
    service: z.string().min(1),
    budgetingMethod: z.literal('Occurrences'),
    timeWindow: z.tuple([z.strictObject({ duration: windowSchema, isRolling: z.literal(true) })]),
    indicator: z.strictObject({
      metadata: z.strictObject({ name: z.string().min(1) }),
      spec: z.strictObject({
        ratioMetric: z
          .strictObject({
            counter: z.literal(true),
            good: query.optional(),
            bad: query.optional(),
            total: query,
          })
          .refine(({ good, bad }) => (good === undefined) !== (bad === undefined), {
            message: 'Expected either `good` or `bad`.',
          }),
      }),
    }),
    objectives: z.tuple([z.strictObject({ displayName: z.string().min(1), target: z.number() })]),
  }),
});

// The name of a refused objective, if it has one.
const named = z
  .object({ metadata: z.object({ name: z.string() }) })
  .catch({ metadata: { name: 'without a name' } });

/** A service level objective of ours: one ratio, one target, one window. */
export type Slo = z.output<typeof schema>;

/** The objectives of every file of `monitoring/slo`, in the order of the files. */
export function readAllSlos(root: string): readonly Slo[] {
  const [paging] = readBurnAlerts(root).ErrorBudgetBurnFast.burns;
  return listFiles(root, 'monitoring/slo', '.yml').flatMap((file) =>
    readSlos(readFileSync(join(root, file), 'utf8'), file, paging),
  );
}

/**
 * The window of all objectives, such as `30d`.
 * @throws Error that names two with different ones, as the alerts have one threshold for all
 */
export function windowOf(slos: readonly Slo[]): string {
  const [first] = slos;
  const window = first?.spec.timeWindow[0].duration ?? '30d';
  const other = slos.find(({ spec }) => spec.timeWindow[0].duration !== window);
  if (other === undefined) return window;
  throw new Error(
    `monitoring/slo: expected one window for all objectives, got \`${window}\` of ${first?.metadata.name} and \`${other.spec.timeWindow[0].duration}\` of ${other.metadata.name}.`,
  );
}

/**
 * Reads the objectives of a file; `paging` is the burn that pages first.
 * @throws Error that names the file, each problem with its place, and the fix
 */
export function readSlos(text: string, file: string, paging: Burn): readonly Slo[] {
  const checked = schema.superRefine(({ spec }, context) => {
    const target = spec.objectives[0].target;
    const least = leastTarget(spec.timeWindow[0].duration, paging);
    if (target >= least && target < 1) return;
    const message = `Expected a target from ${least.toFixed(3)} to under 1, got \`${target}\`: with less, a total outage burns too slowly to page; with 1, one failure breaks it for ever.`;
    context.addIssue({ code: 'custom', path: ['spec', 'objectives', 0, 'target'], message });
  });
  return parseAllDocuments(text).map((document, index) => {
    const [syntaxError] = document.errors;
    if (syntaxError !== undefined) throw new Error(`${file}: ${syntaxError.message}`);
    const result = checked.safeParse(document.toJS());
    if (result.success) return result.data;
    const problems = result.error.issues.map(
      ({ path, message }) => `  ${path.join('.')}: ${message}`,
    );
    const { name } = named.parse(document.toJS()).metadata;
    throw new Error(`${file}, document ${index + 1}, \`${name}\`:\n${problems.join('\n')}`);
  });
}

/** Below it, even a total outage would page nobody. */
function leastTarget(window: string, { share, long }: Burn): number {
  return 1 - secondsIn(long) / (share * secondsIn(window));
}

/** Of a duration such as `30d`. */
export function secondsIn(duration: string): number {
  return (parseDuration(duration) ?? 0) / 1_000;
}

function isPromql(text: string): boolean {
  return namesIn(text.replaceAll('{{.window}}', '5m')).problem === undefined;
}
