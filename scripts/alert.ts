// `npm run alert -- test`: one alert through the real path, and where it arrived.

import { readWords, usage } from '@watchkeeper/checks/alertmanager/test-alert/arguments';
import { findRunning } from '@watchkeeper/checks/alertmanager/test-alert/running-system';
import { sendTest } from '@watchkeeper/checks/alertmanager/test-alert/send-test';
import { StackError } from '@watchkeeper/stack';

try {
  const words = readWords(process.argv.slice(2));
  if (words === 'help') process.stdout.write(`${usage}\n`);
  else {
    const print = (line: string) => process.stdout.write(`${line}\n`);
    process.exitCode = await sendTest(await findRunning(), words, print);
  }
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
