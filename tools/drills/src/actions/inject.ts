import type { Breakage } from '../runbooks/drill-page.ts';
import type { DrillSystem, Undo } from '../systems/system.ts';
import { keepBusy } from './cpu-load.ts';
import { setFaults } from './faults.ts';
import { startLoad } from './http-load.ts';
import { writeLines } from './log-lines.ts';
import { openSessions } from './sql.ts';
import { setTraffic } from './traffic.ts';

/** What breaking needs. */
export interface Injection {
  readonly system: DrillSystem;
  readonly drill: Breakage;
  /** After how long a fault ends by itself. */
  readonly lastsSeconds: number;
  /** Told of each thing as soon as it is broken, before the next one is. */
  readonly onBroken: (undo: Undo) => void;
}

/** Breaks what a page declares, one thing after the other; rejects at the first that can't be. */
export async function inject({ system, drill, lastsSeconds, onBroken }: Injection): Promise<void> {
  if (drill.faults) {
    for (const undo of await setFaults(system, drill.faults, lastsSeconds)) onBroken(undo);
  }
  for (const component of drill.halt ?? []) onBroken(await system.halt(component));
  for (const component of drill.pause ?? []) onBroken(await system.pause(component));
  for (const component of drill.kill ?? []) onBroken(await system.kill(component));
  for (const sql of drill.sql ?? []) onBroken(await openSessions(system, sql));
  if (drill.load) onBroken(await startLoad(system, drill.load));
  if (drill.traffic !== undefined) onBroken(await setTraffic(system, drill.traffic));
  if (drill.processors !== undefined) onBroken(await keepBusy(drill.processors));
  if (drill.configure) onBroken(await system.configure(drill.configure));
  if (drill.lines) onBroken(await writeLines(system, drill.lines));
}
