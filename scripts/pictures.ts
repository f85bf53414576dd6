// `npm run pictures`: the pictures of README and docs, of a system with real traffic.
import { runMain } from '@watchkeeper/drills/command/main';
import { takePictures } from '@watchkeeper/pictures/take-pictures';

await runMain(() => takePictures(process.argv.slice(2)).then(() => 0));
