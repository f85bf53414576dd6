import { z } from 'zod';
import { toNumber } from '../mixin/amount.ts';
import { commonSchema, configFileOf, readConfig } from '../mixin/config.ts';

/** Those that are recorded: names of recordings, which dashboards and runbooks read too. */
export const recordedWindows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;

const window = z.enum(recordedWindows, {
  error: ({ input }) => `Expected one of ${recordedWindows.join(', ')}, got \`${input}\`.`,
});
const share = z
  .string()
  .regex(/^\d+(\.\d+)?%$/, { error: ({ input }) => `Expected a share (2%), got \`${input}\`.` })
  .transform((text) => toNumber(text) ?? 0);
const burn = z.strictObject({
  ...{ share, long: window, short: window },
  /** A still shorter window, for a page that must be over soon after the failures. */
  now: window.optional(),
});
const alertSchema = z.strictObject({
  // An alert on windows has no `for`: they are what it waits for.
  ...commonSchema.omit({ for: true }).shape,
  burns: z.tuple([burn], burn),
  minFailures: z.number().nonnegative(),
});
const schema = z.strictObject({
  alerts: z.strictObject({ ErrorBudgetBurnFast: alertSchema, ErrorBudgetBurnSlow: alertSchema }),
});

/** The values of an alert on error budgets. */
export type BurnAlert = z.output<typeof alertSchema>;
/** A share of the budget of a whole window, spent within `long`; still burning over `short`. */
export type Burn = BurnAlert['burns'][number];
export type BurnAlerts = z.output<typeof schema>['alerts'];

/** The file with the values of these alerts. */
export const burnsFile: string = configFileOf('slo');

/** Reads the values of the alerts on error budgets; throws with the file, the path in it and the cure. */
export function readBurnAlerts(root: string): BurnAlerts {
  return readConfig(root, burnsFile, schema).alerts;
}
