import type { StackState } from '@watchkeeper/stack';
import { type Cost, readBusySeconds, readCosts } from './costs.ts';

/** The use of cores and memory over a span of time. */
export interface Usage {
  readonly components: readonly (Pick<Cost, 'residentMebibytes'> & {
    readonly name: string;
    readonly cores: number;
  })[];
  /** By all components. */
  readonly ownCores: number;
  /** By other processes of the machine. */
  readonly otherCores: number;
}

/** The returned function returns the usage since the call. */
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
      ownCores,
      otherCores: Math.max(0, busyCores - ownCores),
      components: rows.sort((a, b) => b.cores - a.cores),
    };
  };
}
