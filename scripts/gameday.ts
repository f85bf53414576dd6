// `npm run gameday`: injects a random fault, and compares your guess with it.
import { join } from 'node:path';
import { gameday, parseGamedayArguments } from '@watchkeeper/drills/command/gameday';
import { runMain } from '@watchkeeper/drills/command/main';
import { withTerminal } from '@watchkeeper/drills/command/terminal';

const root = join(import.meta.dirname, '..');
await runMain(async () => {
  const request = parseGamedayArguments(process.argv.slice(2));
  return withTerminal((terminal) => gameday(root, request, terminal));
});
