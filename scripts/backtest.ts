// `npm run backtest`: what alert rules would have done over a Prometheus' past.
import { join } from 'node:path';
import { parseBacktestArguments, usage } from '@watchkeeper/backtest/arguments';
import { runBacktest } from '@watchkeeper/backtest/backtest';
import { runMain } from '@watchkeeper/drills/command/main';

const shipped = join(import.meta.dirname, '../monitoring/prometheus/rules');
await runMain(async () => {
  const request = parseBacktestArguments(process.argv.slice(2), [shipped]);
  if (request === 'help') console.log(usage);
  else await runBacktest(request);
  return 0;
});
