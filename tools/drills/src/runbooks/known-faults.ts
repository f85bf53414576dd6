import { type FaultSet, httpFaults, poolFaults, processFaults } from '@watchkeeper/galley';
import { appsWithDatabase } from '@watchkeeper/stack';
import type { Logger } from '@watchkeeper/telemetry';
import { appsWithFaults } from '../observation/active-faults.ts';

// Only their names and settings are asked for; nothing is switched on.
const ofEveryProcess: FaultSet = processFaults({} as Logger);
const ofEveryPool: FaultSet = poolFaults({} as Parameters<typeof poolFaults>[0]);

// What an app can do beyond what all can. Its settings are judged by the app, when they are put.
const own: Readonly<Record<string, readonly string[]>> = {
  api: ['ledgerImbalance', 'cacheFlush', 'objectStore'],
  worker: ['pausedOutbox', 'failingHandlers'],
  realtime: ['slowConsumers', 'droppedMessages'],
  'third-parties': ['sms', 'card', 'ai', 'hooks'],
  traffic: ['failedLogins', 'surge', 'disconnects'],
};

/** What is wrong with the faults of an app as a drill names them, each with its cure. */
export function faultProblems(app: string, faults: Readonly<Record<string, unknown>>): string[] {
  if (!appsWithFaults.includes(app)) {
    return [`expected an app of ${appsWithFaults.join(', ')}, got \`${app}\`.`];
  }
  const ownNames = own[app] ?? [];
  const shared: FaultSet = {
    ...ofEveryProcess,
    // Nobody asks the traffic for anything.
    ...(app === 'traffic' ? {} : httpFaults),
    ...(appsWithDatabase.includes(app) ? ofEveryPool : {}),
  };
  return Object.entries(faults).flatMap(([name, settings]) => {
    if (ownNames.includes(name)) return [];
    const fault = shared[name];
    if (fault === undefined) {
      const names = [...Object.keys(shared), ...ownNames].join(', ');
      return [`expected a fault of ${app} (${names}), got \`${name}\`.`];
    }
    const issues: readonly { path: PropertyKey[]; message: string }[] =
      fault.schema.safeParse(settings).error?.issues ?? [];
    return issues.map(({ path, message }) => `\`${[name, ...path].join('.')}\`: ${message}.`);
  });
}
