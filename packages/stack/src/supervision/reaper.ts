// Outlives the supervisor to clean up after it: the pipe on its standard input ends when the
// supervisor does, in whatever way, kill -9 included. One that has stopped everything itself says so
// first: until the end is heard here, the next run may have begun in the same folder.
import { stopRecorded } from './stop-recorded.ts';

const [stateFile = ''] = process.argv.slice(2);

// A Ctrl-C in the terminal is the supervisor's to handle.
process.on('SIGINT', () => {});
let isDismissed = false;
process.stdin.once('data', () => {
  isDismissed = true;
});
for (const event of ['end', 'error']) {
  process.stdin.once(event, () => {
    if (!isDismissed) void stopRecorded(stateFile);
  });
}
