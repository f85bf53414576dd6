import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { namesIn } from '../names/promql.ts';

// The fastest burn that pages. Source: the SRE workbook, chapter 5, "Multiwindow, Multi-Burn-Rate".
export const fastBurnRate = 14.4;

const query = z.object({
  metricSource: z.object({
    type: z.literal('Prometheus'),
    spec: z.object({ query: z.string().includes('{{.window}}').refine(isPromql, 'no PromQL') }),
  }),
});

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
    timeWindow: z.tuple([
      z.strictObject({ duration: z.literal('30d'), isRolling: z.literal(true) }),
    ]),
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
    objectives: z.tuple([
      z.strictObject({
        displayName: z.string().min(1),
        target: z.number().refine(...attainable()),
      }),
    ]),
  }),
});

// The name of a refused objective, if it has one.
const named = z
  .object({ metadata: z.object({ name: z.string() }) })
  .catch({ metadata: { name: 'without a name' } });

/** A service level objective of ours: one ratio, one target, thirty days. */
export type Slo = z.output<typeof schema>;

/**
 * Reads the objectives of a file.
 * @throws Error that names the file, each problem with its place, and the fix
 */
export function readSlos(text: string, file: string): readonly Slo[] {
  return parseAllDocuments(text).map((document, index) => {
    const [syntaxError] = document.errors;
    if (syntaxError !== undefined) throw new Error(`${file}: ${syntaxError.message}`);
    const result = schema.safeParse(document.toJS());
    if (result.success) return result.data;
    const problems = result.error.issues.map(
      ({ path, message }) => `  ${path.join('.')}: ${message}`,
    );
    const { name } = named.parse(document.toJS()).metadata;
    throw new Error(`${file}, document ${index + 1}, \`${name}\`:\n${problems.join('\n')}`);
  });
}

/** Above one, nothing may ever fail; below the limit, even a total outage would page nobody. */
function attainable(): [(target: number) => boolean, { error: string }] {
  const least = 1 - 1 / fastBurnRate;
  const error = `Expected a target from ${least.toFixed(3)} to under 1: with less, a total outage burns too slowly to page; with 1, one failure breaks it for ever.`;
  return [(target) => target >= least && target < 1, { error }];
}

function isPromql(text: string): boolean {
  return namesIn(text.replaceAll('{{.window}}', '5m')).problem === undefined;
}
