import { StackError } from '@watchkeeper/stack';
import type { DrillSystem, InjectedFault } from '../systems/system.ts';

/** Silences every alert, until undone or `lastsSeconds` have passed. */
export async function silenceEverything(
  system: DrillSystem,
  lastsSeconds: number,
): Promise<InjectedFault> {
  const base = `${system.url('alertmanager')}/api/v2`;
  const startsAt = Date.now();
  const response = await fetch(`${base}/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'alertname', value: '.+', isRegex: true, isEqual: true }],
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(startsAt + lastsSeconds * 1_000).toISOString(),
      createdBy: 'drill',
      comment: 'a drill of SilenceOverEverything',
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new StackError(`Expected Alertmanager to accept a silence: ${text}`);
  const { silenceID } = JSON.parse(text) as { silenceID: string };
  const url = `${base}/silence/${silenceID}`;
  return {
    description: 'every alert silenced',
    cleanup: [{ kind: 'http', method: 'DELETE', url }],
    // The page's Mitigation may have expired it already.
    undo: async () => void (await fetch(url, { method: 'DELETE' })),
  };
}
