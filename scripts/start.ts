import { runVerb, start } from '@watchkeeper/stack';

const usage = `Usage: npm start -- [--native | --compose] [--foreground]

  --native      run as processes of this machine (the default)
  --compose     run in containers
  --foreground  stay attached; Ctrl-C stops everything`;

await runVerb(usage, ['native', 'compose', 'foreground'], start);
