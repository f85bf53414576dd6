import { findAvailability, startCompose } from '@watchkeeper/compose/compose-mode';
import { runVerb } from '@watchkeeper/drills/command/main';
import {
  chooseMode,
  isRunning,
  readEnvironment,
  readState,
  StackError,
  start,
  stateFolderAt,
  stateRootOf,
} from '@watchkeeper/stack';

const usage = `Usage: npm start -- [--native | --compose] [--foreground]

  --native      run as processes of this machine
  --compose     run in containers (the default where an engine answers)
  --foreground  stay attached; Ctrl-C stops everything`;

const print = (text: string) => process.stdout.write(`${text}\n`);

function runsNatively(): boolean {
  return isRunning(readState(stateFolderAt(stateRootOf(readEnvironment())).stateFile));
}

await runVerb(usage, ['native', 'compose', 'foreground'], async (flags) => {
  const mode = chooseMode(flags);
  // A system that runs natively is shown; it is not started a second time in containers.
  if (mode === 'native' || (mode === 'auto' && runsNatively())) return start(flags);
  const availability = await findAvailability(print);
  if ('engine' in availability) {
    return startCompose(availability, { isForeground: flags.foreground === true, print });
  }
  if (mode === 'compose') throw new StackError(availability.reason);
  print(`Natively, without containers: ${availability.reason}`);
  return start(flags);
});
