import type { Limit } from './rules.ts';
import type { PanelSpec } from './spec.ts';

/** What the panel's “i” says: what it answers, what is normal, what to do, and who watches it. */
export function describe(panel: PanelSpec, limits: readonly Limit[]): string {
  return [
    panel.question,
    `**Normal:** ${panel.normal}`,
    `**Otherwise:** ${panel.otherwise}`,
    ...limits.map((limit) => describeLimit(limit, panel.unit)),
    ...(panel.alerts ?? [])
      .filter(({ isDrawn }) => isDrawn === false)
      .map(({ name }) => `**Alert:** ${name} watches this.`),
  ].join('\n\n');
}

/** E.g. “Alert: HighErrorRate (critical) above 5 %.” */
export function describeLimit({ alert, severity, side, value }: Limit, unit: string): string {
  return `**Alert:** ${alert} (${severity}) ${side} ${formatValue(value, unit)}.`;
}

/** A number in the words of its unit, as a person would write it. */
export function formatValue(value: number, unit: string): string {
  if (unit === 'percentunit') return `${round(value * 100)} %`;
  if (unit === 's') return value < 1 ? `${round(value * 1_000)} ms` : `${round(value)} s`;
  if (unit === 'bytes') return `${round(value / 2 ** 20)} MiB`;
  return String(value);
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
