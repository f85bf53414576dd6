import type { StackState } from '@watchkeeper/stack';
import { type Cost, readBusySeconds, readCosts } from './costs.ts';

/** Who used the cores of the machine during a span of time. */
export interface Usage {
  readonly seconds: number;
  /** Cores in use by each component, and what it has in memory. */
  readonly components: readonly (Pick<Cost, 'residentMebibytes'> & {
    readonly name: string;
    readonly cores: number;
  })[];
  /** Cores in use by all of them. */
  readonly ownCores: number;
  /** Cores in use by whatever else ran on the machine. */
  readonly otherCores: number;
}

/** Starts to watch; the returned function returns the usage since then. */
export function watchUsage(components: StackState['components']): () => Usage {
  const before = { atMs: Date.now(), busySeconds: readBusySeconds(), costs: readCosts(components) };
  return () => {
    const seconds = (Date.now() - before.atMs) / 1_000;
    const rows = [...readCosts(components)].map(([name, { residentMebibytes, cpuSeconds }]) => ({
      ...{ name, residentMebibytes },
      cores: (cpuSeconds - (before.costs.get(name)?.cpuSeconds ?? 0)) / seconds,
    }));
    const ownCores = rows.reduce((sum, { cores }) => sum + cores, 0);
    const busyCores = (readBusySeconds() - before.busySeconds) / seconds;
    return {
      ...{ seconds, ownCores, otherCores: Math.max(0, busyCores - ownCores) },
      components: rows.sort((a, b) => b.cores - a.cores),
    };
  };
}
