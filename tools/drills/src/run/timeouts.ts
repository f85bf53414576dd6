import type { DrillPage } from '../runbooks/drill-page.ts';

const minuteMs = 60_000;
// Starts, slow requests and a busy machine don't get faster with compressed time.
const incompressibleMs = minuteMs;
// The longest window of a rule, but for those of hosts and error budgets, is ten minutes.
const windowMs = 15 * minuteMs;
// Error budgets are evaluated over six hours.
const budgetMs = 7 * 60 * minuteMs;
// Seventy-two minutes of three failures in ten are 1.5 % of a day.
const burnMs = 90 * minuteMs;
// The longest `keep_firing_for`, that of warnings; drills of a system of their own shorten it.
const quietMs = 10 * minuteMs;
// The longest `for` is that of a busy machine.
const hostMs = 30 * minuteMs;

export function timeoutsFor({ component }: Pick<DrillPage, 'component'>, timeFactor: number) {
  const longestMs = { slo: budgetMs, host: hostMs }[component] ?? windowMs;
  const compressed = (ms: number) => ms / timeFactor + incompressibleMs;
  return {
    fireMs: compressed(component === 'slo' ? burnMs : longestMs),
    // The chat groups warnings for half a minute, the inbox for five seconds.
    notifyMs: compressed(2 * minuteMs),
    resolveMs: compressed(longestMs + quietMs),
    // Several polls in each scrape interval.
    everyMs: Math.max(100, Math.min(1_000, 2_500 / timeFactor)),
  };
}
