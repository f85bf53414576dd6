import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DrillSpec } from '../runbooks/drill-page.ts';
import type { DrillSystem, InjectedFault } from '../systems/system.ts';

/** Repeats a line in the log of a service that does not exist. */
export async function writeLogLines(
  system: DrillSystem,
  { service, everySeconds, line }: NonNullable<DrillSpec['lines']>,
): Promise<InjectedFault> {
  const folder = join(system.logsFolder(), service);
  mkdirSync(folder, { recursive: true });
  const text = `${JSON.stringify(line)}\n`;
  const write = () => appendFileSync(join(folder, `${service}.log`), text);
  write();
  const timer = setInterval(write, (everySeconds * 1_000) / system.timeFactor);
  return {
    description: `a line every ${everySeconds} s in the log of ${service}`,
    cleanup: [{ kind: 'command', command: 'rm', parameters: ['-r', folder], folder: '/' }],
    async undo() {
      clearInterval(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
