import type { DrillSystem, InjectedFault } from '../systems/system.ts';

/** Changes the rate of synthetic visits. */
export async function setTraffic(system: DrillSystem, rate: number): Promise<InjectedFault> {
  const set = async (ratePerSecond: number) =>
    void (await system.manage('traffic', 'PUT', '/rate', { ratePerSecond }));
  const before = (await system.manage('traffic', 'GET', '/rate')) as { ratePerSecond: number };
  await set(rate);
  const undo = () => set(before.ratePerSecond);
  return { description: `${rate} visits per second`, cleanup: [], undo };
}
