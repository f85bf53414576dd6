import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { DrillSystem, InjectedFault } from '../systems/system.ts';

type Lines = NonNullable<DrillSpec['lines']>;

/** Writes a line again and again to the log of a service that does not exist. */
export async function writeLogLines(system: DrillSystem, lines: Lines): Promise<InjectedFault> {
  const { service, everySeconds, line } = lines;
  const folder = join(system.logsFolder(), service);
  mkdirSync(folder, { recursive: true });
  const text = `${JSON.stringify(line)}\n`;
  const write = () => appendFileSync(join(folder, `${service}.log`), text);
  write();
  const timer = setInterval(write, (everySeconds * 1_000) / system.timeFactor);
  const steps = {
    kind: 'command',
    command: 'rm',
    parameters: ['-r', folder],
    folder: '/',
  } as const;
  return {
    what: `a line each ${everySeconds} s to the log of ${service}`,
    rescue: [steps],
    async undo() {
      clearInterval(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
