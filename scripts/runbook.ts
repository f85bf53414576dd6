// `npm run runbook -- <AlertName>`: walks a runbook step by step and runs its blocks.
import { join } from 'node:path';
import { runMain } from '@watchkeeper/drills/command/main';
import { withTerminal } from '@watchkeeper/drills/command/terminal';
import {
  parseRunbookArguments,
  runbookUsage,
  walkRunbook,
} from '@watchkeeper/drills/command/walk-runbook';
import { readDrillPage } from '@watchkeeper/drills/runbooks/drill-page';
import { attachToSystem } from '@watchkeeper/drills/systems/attach';

const root = join(import.meta.dirname, '..');
await runMain(async () => {
  const request = parseRunbookArguments(process.argv.slice(2));
  if (request.isHelp) {
    console.log(runbookUsage);
    return 0;
  }
  // An unknown name is refused before a system is needed.
  readDrillPage(root, request.name);
  const system = await attachToSystem();
  const unmet = await withTerminal((terminal) => walkRunbook(root, request, system, terminal));
  if (unmet > 0) console.log(`\n${unmet} blocks did not give what the page expects.`);
  return 0;
});
