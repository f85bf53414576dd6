import { runVerb, status } from '@watchkeeper/stack';

const usage = `Usage: npm run status -- [--json]

  --json  print the whole state as JSON; null when nothing runs`;

await runVerb(usage, ['json'], status);
