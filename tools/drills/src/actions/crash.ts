import { waitUntil } from '../observation/wait-until.ts';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { DrillSystem, InjectedFault } from '../systems/system.ts';

const restartMs = 60_000;
const everyMs = 100;

/** Ends an app by an unhandled rejection, again each time it is back; resolves after the last restart. */
export async function crashRepeatedly(
  system: DrillSystem,
  { app, times }: NonNullable<DrillSpec['crash']>,
): Promise<InjectedFault> {
  const answers = () =>
    system.manage(app, 'GET', '/faults').then(
      () => true,
      () => false,
    );
  for (let time = 1; time <= times; time += 1) {
    const crash = { expiresInSeconds: 60 };
    await system.manage(app, 'PUT', '/faults', { origin: 'drill', crash });
    const options = { timeoutMs: restartMs, everyMs };
    await waitUntil(`${app} to crash`, async () => !(await answers()), options);
    await waitUntil(`${app} to be back`, answers, options);
  }
  return { description: `${app} crashed ${times} times`, cleanup: [], undo: async () => {} };
}
