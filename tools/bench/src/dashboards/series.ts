import { bytes, counter, ratio, type Shape, smallCount } from './shape.ts';

/** A series of a running system with its current value. */
export interface LiveSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A series to be written; `__name__` is one of its labels. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly shape: Shape;
}

const seeds = 8;
const highestLevel = 15;
const manyBytes = 1_000_000;

const constants =
  /^(up|pg_up|build_info|ALERTS|nodejs_version_info)$|start_time|objective|heartbeat|_max$|_limit$|discovered/;
const counters = /_(total|bucket|sum|count)$|^otelcol_receiver|_deadlocks$|^node_time_seconds$/;

/** Multiplies the instance of each app, and of each machine; each has series of its own. */
export function multiply(live: readonly LiveSeries[], instances: number): WrittenSeries[] {
  const targets = targetsOf(live);
  return live.flatMap(({ labels, value }) => {
    const { __name__: name = '', instance } = labels;
    // A recorded series may have lost the label of its job.
    const { job = '', tier } = targets.get(instance ?? '') ?? {};
    // An alert of one machine fires all day here, which is as much as any day has.
    const isMultiplied = tier === 'service' || job === 'node-exporter';
    const isMany = instance !== undefined && isMultiplied && name !== 'ALERTS';
    return Array.from({ length: isMany ? instances : 1 }, (_, index) => {
      const own = isMany ? { ...labels, instance: `${job}-${index}:9090` } : labels;
      return { labels: own, shape: shapeOf(name, own, value) };
    });
  });
}

/** Every target by its instance. */
function targetsOf(live: readonly LiveSeries[]): ReadonlyMap<string, LiveSeries['labels']> {
  const ups = live.filter(({ labels }) => labels.__name__ === 'up');
  return new Map(ups.map(({ labels }) => [labels.instance ?? '', labels]));
}

/** A counter, a length, bytes, or a ratio with all its digits, by name and value. */
function shapeOf(name: string, labels: WrittenSeries['labels'], value: number): Shape {
  const seed = seedOf(labels);
  if (constants.test(name)) return () => value;
  if (counters.test(name)) return counter(seed, levelOf(labels.le));
  if (!Number.isInteger(value)) return ratio(seed);
  return value >= manyBytes ? bytes(seed) : smallCount(seed);
}

/** The same for all buckets of a histogram, so that a higher bucket holds more. */
function seedOf({ le: _, ...labels }: WrittenSeries['labels']): number {
  let sum = 0;
  for (const character of Object.values(labels).join()) sum += character.charCodeAt(0);
  return sum % seeds;
}

function levelOf(le: string | undefined): number {
  if (le === undefined) return 0;
  const bound = Number(le.replace('+Inf', 'Infinity'));
  if (bound === Number.POSITIVE_INFINITY) return highestLevel;
  // From a millisecond to a minute: two levels for each doubling.
  const level = Math.round(2 * Math.log2(bound / 0.001) * 0.45);
  return Math.min(highestLevel - 1, Math.max(0, level));
}
