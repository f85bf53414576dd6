import { waitUntil } from '../observation/wait-until.ts';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { DrillSystem, InjectedFault } from '../systems/system.ts';

// The longest that an app lets a fault last; what is to last longer is put anew in between.
const maxSeconds = 3_600;
const renewMs = (maxSeconds * 1_000) / 2;
const restartMs = 30_000;

/** Switches faults on; each ends by itself a while after the drill should be over. */
export async function setFaults(
  system: DrillSystem,
  faults: NonNullable<DrillSpec['faults']>,
  lastsSeconds: number,
): Promise<InjectedFault[]> {
  const here = faults.filter(({ on }) => on === undefined || on === system.mode);
  const expiresInSeconds = Math.min(maxSeconds, Math.ceil(lastsSeconds));
  const undone: InjectedFault[] = [];
  for (const { app, set } of here) {
    const entries = Object.entries(set).map(([name, settings]) => [
      name,
      { ...settings, expiresInSeconds },
    ]);
    const put = () => system.manage(app, 'PUT', '/faults', Object.fromEntries(entries));
    await put();
    const renew = () => void put().catch(() => {});
    const timer = lastsSeconds > maxSeconds ? setInterval(renew, renewMs) : undefined;
    undone.push({
      what: `${app}: ${JSON.stringify(set)}`,
      rescue: [system.rescueFaults(app)],
      async undo() {
        clearInterval(timer);
        // A page's Mitigation may have restarted the app a moment ago.
        await waitUntil(
          `${app} to end its faults`,
          async () => {
            await system.manage(app, 'DELETE', '/faults');
            return true;
          },
          { timeoutMs: restartMs, everyMs: 250 },
        );
      },
    });
  }
  return undone;
}
