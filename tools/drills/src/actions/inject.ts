import type { DrillSpec } from '../runbooks/drill-page.ts';
import { compressChange } from '../systems/replace-texts.ts';
import type { DrillSystem, InjectedFault } from '../systems/system.ts';
import { startCpuLoad } from './cpu-load.ts';
import { crashRepeatedly } from './crash.ts';
import { setFaults } from './faults.ts';
import { startHttpLoad } from './http-load.ts';
import { writeLogLines } from './log-lines.ts';
import { silenceEverything } from './silence.ts';
import { openSessions } from './sql.ts';
import { setTraffic } from './traffic.ts';

/**
 * Injects the faults of a drill one after the other; rejects at the first that fails. Each ends by
 * itself after `lastsSeconds`; `onInjected` is called after each, before the next one.
 */
export async function injectFaults(
  system: DrillSystem,
  drill: DrillSpec,
  lastsSeconds: number,
  onInjected: (fault: InjectedFault) => void,
): Promise<void> {
  if (drill.faults) {
    for (const fault of await setFaults(system, drill.faults, lastsSeconds)) onInjected(fault);
  }
  for (const component of drill.halt ?? []) onInjected(await system.halt(component));
  for (const component of drill.pause ?? []) onInjected(await system.pause(component));
  for (const component of drill.kill ?? []) onInjected(await system.kill(component));
  if (drill.crash) onInjected(await crashRepeatedly(system, drill.crash));
  for (const sql of drill.sql ?? []) onInjected(await openSessions(system, sql));
  if (drill.load) onInjected(await startHttpLoad(system, drill.load));
  if (drill.traffic !== undefined) onInjected(await setTraffic(system, drill.traffic));
  if (drill.processors !== undefined) onInjected(await startCpuLoad(drill.processors));
  if (drill.configure) {
    const changes = drill.configure.map((change) => compressChange(change, system.timeFactor));
    onInjected(await system.configure(changes));
  }
  if (drill.silence) onInjected(await silenceEverything(system, lastsSeconds));
  if (drill.lines) onInjected(await writeLogLines(system, drill.lines));
}
