import { appNames } from '@watchkeeper/stack';
import type { DrillSystem } from '../systems/system.ts';

/** The apps that have faults to switch on. */
export const appsWithFaults = appNames.filter((app) => app !== 'oncall');

type Ask = <T>(what: string, question: () => Promise<T>, otherwise: T) => Promise<T>;

/** The names of the faults that are on, by app. */
export async function readAppsWithFaults(
  system: DrillSystem,
  ask: Ask,
): Promise<Record<string, string[]>> {
  const apps = appsWithFaults.filter((app) => system.components.includes(app));
  const entries = await Promise.all(
    apps.map(async (app) => {
      const faults = await ask(app, () => system.manage(app, 'GET', '/faults'), {});
      return [app, Object.keys(faults as object)] as const;
    }),
  );
  return Object.fromEntries(entries);
}
