import { type FaultSet, httpFaults, poolFaults, processFaults } from '@watchkeeper/galley';
import { appsWithDatabase } from '@watchkeeper/stack';
import type { Logger } from '@watchkeeper/telemetry';
import { appsWithFaults } from '../observation/health.ts';

// For their names and settings only; none is injected.
const processFaultSet: FaultSet = processFaults({} as Logger);
const poolFaultSet: FaultSet = poolFaults({} as Parameters<typeof poolFaults>[0]);

// The faults of single apps. Their settings are checked by the app, at injection.
const own: Readonly<Record<string, readonly string[]>> = {
  api: ['ledgerImbalance', 'cacheFlush', 'objectStore'],
  worker: ['pausedOutbox', 'failingHandlers'],
  realtime: ['slowConsumers', 'droppedMessages'],
  'third-parties': ['sms', 'card', 'ai', 'hooks'],
  traffic: ['failedLogins', 'stolenTokens', 'surge', 'noOrders', 'disconnects'],
};

/** The problems of an app's faults in a drill, each with its fix. */
export function faultProblems(app: string, faults: Readonly<Record<string, unknown>>): string[] {
  if (!appsWithFaults.includes(app)) {
    return [`expected an app of ${appsWithFaults.join(', ')}, got \`${app}\`.`];
  }
  const ownNames = own[app] ?? [];
  const shared: FaultSet = {
    ...processFaultSet,
    // Traffic serves no requests.
    ...(app === 'traffic' ? {} : httpFaults),
    ...(appsWithDatabase.includes(app) ? poolFaultSet : {}),
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
