import type { Limit } from './rules.ts';
import type { PanelSpec } from './spec.ts';

/** The panel's description: its question, normal values, next steps and alerts. */
export function describe(panel: PanelSpec, limits: readonly Limit[]): string {
  return [
    panel.question,
    `**Normal:** ${panel.normal}`,
    `**Otherwise:** ${panel.otherwise}`,
    ...limits.map((limit) => describeLimit(limit, panel.unit)),
    ...(panel.alerts ?? [])
      .filter(({ isDrawn }) => isDrawn === false)
      .map(({ name }) => `**Alert:** ${name}.`),
  ].join('\n\n');
}

export function describeLimit({ alert, severity, side, value }: Limit, unit: string): string {
  return `**Alert:** ${alert} (${severity}) ${side} ${formatValue(value, unit)}.`;
}

/** A number with its unit, e.g. `5 %` or `300 ms`. */
export function formatValue(value: number, unit: string): string {
  if (unit === 'percentunit') return `${round(value * 100)} %`;
  if (unit === 's') return value < 1 ? `${round(value * 1_000)} ms` : `${round(value)} s`;
  if (unit === 'bytes') return `${round(value / 2 ** 20)} MiB`;
  return String(value);
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
