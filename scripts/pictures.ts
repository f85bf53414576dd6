// `npm run pictures`: the pictures of README and docs, of a system with real traffic.
import { takePictures } from '@watchkeeper/pictures/take-pictures';

await takePictures(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
