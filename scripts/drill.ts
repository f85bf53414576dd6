// `npm run drill -- <AlertName>`: breaks the system on purpose, follows the alert, heals.
import { join } from 'node:path';
import { readDrillArguments } from '@watchkeeper/drills/command/arguments';
import { drill } from '@watchkeeper/drills/command/drill';
import { runDrillVerb } from '@watchkeeper/drills/command/run-command';

const root = join(import.meta.dirname, '..');
await runDrillVerb(() => drill(root, readDrillArguments(process.argv.slice(2))));
