import type { DrillPage } from '../runbooks/drill-page.ts';

/** How long to wait for each step, in milliseconds. */
export interface Timeouts {
  readonly fireMs: number;
  readonly notifyMs: number;
  readonly resolveMs: number;
  /** How often to look: several times in each scrape interval. */
  readonly everyMs: number;
}

const minuteMs = 60_000;
// What does not get faster with compressed time: starts, slow requests, a busy machine.
const incompressibleMs = minuteMs;
// The longest window of a rule but those about hosts and budgets is ten minutes.
const windowMs = 15 * minuteMs;
// Loose enough for the six hours over which an error budget is looked at.
const budgetMs = 7 * 60 * minuteMs;
// Seventy-two minutes of three failures in ten are 1.5 % of a day.
const burnMs = 90 * minuteMs;
// The longest `for` is that of a busy machine.
const hostMs = 30 * minuteMs;

/** The waits of a drill where time is compressed by that factor. */
export function timeoutsFor(page: Pick<DrillPage, 'component'>, timeFactor: number): Timeouts {
  const longest = { slo: budgetMs, host: hostMs }[page.component] ?? windowMs;
  const spanMs = longest / timeFactor + incompressibleMs;
  return {
    fireMs: page.component === 'slo' ? burnMs / timeFactor + incompressibleMs : spanMs,
    // The chat waits half a minute for a warning, the inbox five seconds.
    notifyMs: (2 * minuteMs) / timeFactor + incompressibleMs,
    resolveMs: spanMs,
    everyMs: Math.max(100, Math.min(1_000, 2_500 / timeFactor)),
  };
}
