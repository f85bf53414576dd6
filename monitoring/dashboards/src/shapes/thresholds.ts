import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Limit, limitOf } from './rules.ts';
import type { ShownAlert } from './spec.ts';

const colours: Readonly<Record<string, string>> = {
  critical: 'red',
  warning: 'orange',
  info: 'blue',
};
const healthy = 'green';
// Grafana colours values from a step on, rules fire above it: with a limit of 0 the value 0 must stay green.
const barelyAbove = 1e-9;

/** The limits to draw, as set by the rules, in the order of the panel's alerts. */
export function limitsOf(alerts: readonly ShownAlert[]): Limit[] {
  return alerts
    .filter(({ isDrawn }) => isDrawn !== false)
    .map(({ name, comparison }) => limitOf(name, comparison));
}

/** Grafana's threshold steps for these limits, which must be all above or all below. */
export function steps(limits: readonly Limit[]): Threshold[] {
  const sorted = [...limits].sort((left, right) => left.value - right.value);
  if (sorted.every(isFromBelow)) {
    // At each step the alert on its left ends.
    const [first, ...others] = sorted;
    const colourOfNext = [...others.map(colourOf), healthy];
    return [
      { value: null, color: first === undefined ? healthy : colourOf(first) },
      ...sorted.map(({ value, side }, index) => ({
        value: side === 'at' ? value + barelyAbove : value,
        color: colourOfNext[index] ?? healthy,
      })),
    ];
  }
  if (sorted.some(isFromBelow)) {
    const names = sorted.map(({ alert }) => alert).join(', ');
    throw new Error(`Expected the alerts of a panel on one side of their limits, got ${names}.`);
  }
  return [
    { value: null, color: healthy },
    ...sorted.map((limit) => ({ value: stepOf(limit), color: colourOf(limit) })),
  ];
}

export function stepOf({ value, side }: Limit): number {
  return value === 0 && (side === 'above' || side === 'at') ? barelyAbove : value;
}

function isFromBelow({ side, value }: Limit): boolean {
  return side === 'below' || (side === 'at' && value === 0);
}

function colourOf({ severity }: Limit): string {
  return colours[severity] ?? healthy;
}
