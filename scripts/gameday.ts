// `npm run gameday`: breaks something at random, tells nothing, and compares with the conclusion.
import { join } from 'node:path';
import { gameday, readGamedayArguments } from '@watchkeeper/drills/command/gameday';
import { runDrillVerb } from '@watchkeeper/drills/command/run-command';
import { createTerminal } from '@watchkeeper/drills/command/terminal';

const root = join(import.meta.dirname, '..');
await runDrillVerb(async () => {
  const request = readGamedayArguments(process.argv.slice(2));
  const terminal = createTerminal();
  try {
    return await gameday(root, request, terminal);
  } finally {
    terminal.close();
  }
});
