// `npm run alert -- test`: one alert through the real path, and where it arrived.
import { StackError } from '@watchkeeper/stack';
import { findRunning } from './alert/running.ts';
import { sendTest } from './alert/send-test.ts';
import { readWords, usage } from './alert/words.ts';

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
