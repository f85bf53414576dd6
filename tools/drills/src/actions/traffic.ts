import type { DrillSystem, InjectedFault } from '../systems/system.ts';

/** Has the synthetic customers come at another rate, until healing. */
export async function setTraffic(
  system: DrillSystem,
  ratePerSecond: number,
): Promise<InjectedFault> {
  const before = (await system.manage('traffic', 'GET', '/rate')) as { ratePerSecond: number };
  await system.manage('traffic', 'PUT', '/rate', { ratePerSecond });
  const undo = async () =>
    void (await system.manage('traffic', 'PUT', '/rate', { ratePerSecond: before.ratePerSecond }));
  return { what: `${ratePerSecond} visits a second`, rescue: [], undo };
}
