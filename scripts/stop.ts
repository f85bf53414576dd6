import { runVerb, stop } from '@watchkeeper/stack';
import { stopCompose } from './containers/compose-mode.ts';

await runVerb('Usage: npm stop', [], async () => {
  if (!(await stopCompose())) return stop();
  process.stdout.write('Everything has stopped.\n');
  return 0;
});
