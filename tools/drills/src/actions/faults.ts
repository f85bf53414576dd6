import { waitUntil } from '../observation/wait-until.ts';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { DrillSystem, InjectedFault } from '../systems/system.ts';

// The longest that an app lets a fault last; a longer one is injected again in between.
const maxSeconds = 3_600;
const renewMs = (maxSeconds * 1_000) / 2;
const restartMs = 30_000;

/** Each fault ends by itself a while after the drill should be over. */
export async function setFaults(
  system: DrillSystem,
  faults: NonNullable<DrillSpec['faults']>,
  lastsSeconds: number,
): Promise<InjectedFault[]> {
  const ours = faults.filter(({ on }) => on === undefined || on === system.mode);
  const expiresInSeconds = Math.min(maxSeconds, Math.ceil(lastsSeconds));
  const injected: InjectedFault[] = [];
  for (const { app, set, isByHand } of ours) {
    const entries = Object.entries(set).map(([name, settings]) => [
      name,
      { ...settings, expiresInSeconds },
    ]);
    // Unless it stands for somebody's own, nobody is warned of a drill's.
    const body = { ...(isByHand ? {} : { origin: 'drill' }), ...Object.fromEntries(entries) };
    const put = () => system.manage(app, 'PUT', '/faults', body);
    await put();
    const renew = () => void put().catch(() => {});
    const timer = lastsSeconds > maxSeconds ? setInterval(renew, renewMs) : undefined;
    const remove = async () => {
      await system.manage(app, 'DELETE', '/faults');
      return true;
    };
    injected.push({
      description: `${app}: ${JSON.stringify(set)}`,
      cleanup: [system.faultsCleanup(app)],
      async undo() {
        clearInterval(timer);
        // A page's Mitigation may have restarted the app a moment ago.
        const options = { timeoutMs: restartMs, everyMs: 250 };
        await waitUntil(`${app} to remove its faults`, remove, options);
      },
    });
  }
  return injected;
}
