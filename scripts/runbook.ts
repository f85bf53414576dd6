// `npm run runbook -- <AlertName>`: walks a page step by step and runs its blocks.
import { join } from 'node:path';
import { runDrillVerb } from '@watchkeeper/drills/command/run-command';
import { createTerminal } from '@watchkeeper/drills/command/terminal';
import { readWalkArguments, walk, walkUsage } from '@watchkeeper/drills/command/walk-runbook';
import { readDrillPage } from '@watchkeeper/drills/runbooks/drill-page';
import { attachToSystem } from '@watchkeeper/drills/systems/attach';

const root = join(import.meta.dirname, '..');
await runDrillVerb(async () => {
  const request = readWalkArguments(process.argv.slice(2));
  if (request.isHelp) {
    console.log(walkUsage);
    return 0;
  }
  // A name that there isn't is said before anybody looks for a system.
  readDrillPage(root, request.name);
  const system = await attachToSystem();
  const terminal = createTerminal();
  try {
    const unmet = await walk(root, request, system, terminal);
    if (unmet > 0) console.log(`\n${unmet} blocks did not give what the page expects.`);
  } finally {
    terminal.close();
  }
  return 0;
});
