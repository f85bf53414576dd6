import { describeCompose, findStarted } from '@watchkeeper/compose/compose-mode';
import { runVerb } from '@watchkeeper/drills/command/main';
import { status } from '@watchkeeper/stack';

const usage = `Usage: npm run status -- [--json]

  --json  print the whole state as JSON; null when nothing runs natively`;

await runVerb(usage, ['json'], async (flags) => {
  const engine = flags.json ? undefined : await findStarted();
  if (engine === undefined) return status(flags);
  process.stdout.write(`${await describeCompose(engine)}\n`);
  return 0;
});
