import { runVerb, status } from '@watchkeeper/stack';
import { describeCompose, findStarted } from './containers/compose-mode.ts';

const usage = `Usage: npm run status -- [--json]

  --json  print the whole state as JSON; null when nothing runs natively`;

await runVerb(usage, ['json'], async (flags) => {
  const engine = flags.json ? undefined : await findStarted();
  if (engine === undefined) return status(flags);
  process.stdout.write(`${await describeCompose(engine)}\n`);
  return 0;
});
