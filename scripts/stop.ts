import { stopCompose } from '@watchkeeper/compose/compose-mode';
import { runVerb } from '@watchkeeper/drills/command/main';
import { stop } from '@watchkeeper/stack';

await runVerb('Usage: npm stop', [], async () => {
  if (!(await stopCompose())) return stop();
  process.stdout.write('Everything has stopped.\n');
  return 0;
});
