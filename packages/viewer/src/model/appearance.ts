import type { Field } from './dashboard.ts';
import { formatValue } from './units.ts';

/** The colour of the threshold that a value has reached. */
export function colourOf(value: number | null, { thresholds }: Field): string {
  const steps = thresholds?.steps ?? [];
  if (value === null || steps.length === 0) return 'text';
  return steps.findLast(({ value: from }) => from === null || value >= from)?.color ?? 'text';
}

/** The thresholds that are drawn as dashed lines. */
export function limitLines({ thresholds, custom }: Field): { value: number; colour: string }[] {
  if (custom?.thresholdsStyle?.mode !== 'dashed') return [];
  const steps = thresholds?.steps ?? [];
  // If above is good, a limit has the colour of the range below it.
  const isGoodAbove = steps.at(-1)?.color === 'green';
  return steps.flatMap(({ value, color }, index) => {
    if (value === null) return [];
    return [{ value, colour: (isGoodAbove ? steps[index - 1]?.color : color) ?? 'text' }];
  });
}

/** The text of a value's mapping, else the number in its unit. */
export function formatFieldValue(value: number | null, field: Field): string {
  for (const { type, options } of field.mappings ?? []) {
    const text = type === 'value' && value !== null ? options?.[String(value)]?.text : undefined;
    if (text !== undefined) return text;
  }
  return formatValue(value, field.unit, field.decimals);
}

// The style sheet's colours are distinct in both themes; none is the red of an alert. The first are
// far apart, the last are for panels of many series.
const firstColours = 7;
const allColours = 10;

/** A number from 0 to 9 for each name, the same on every panel where it can be. */
export function seriesColour(names: readonly string[]): ReadonlyMap<string, number> {
  const chosen = new Map<string, number>();
  for (const name of [...new Set(names)].sort()) {
    const taken = new Set(chosen.values());
    const free = Array.from({ length: allColours }, (_, place) => place).filter(
      (place) => !taken.has(place),
    );
    const preferred = hash(name) % firstColours;
    const next = free.find((place) => place >= preferred && place < firstColours) ?? free[0];
    chosen.set(name, next ?? hash(name) % allColours);
  }
  return chosen;
}

// FNV-1a: short names that differ in a letter must not lie side by side.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return value;
}
