// Outlives the supervisor to clean up after it: the pipe on its standard input ends when the
// supervisor does, in whatever way, kill -9 included.
import { stopRecorded } from './stop-recorded.ts';

const [stateFile = ''] = process.argv.slice(2);

// A Ctrl-C in the terminal is the supervisor's to handle.
process.on('SIGINT', () => {});
process.stdin.resume();
process.stdin.once('end', () => void stopRecorded(stateFile));
process.stdin.once('error', () => void stopRecorded(stateFile));
