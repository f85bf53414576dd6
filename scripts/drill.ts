// `npm run drill -- <AlertName>`: injects a fault, follows its alert, undoes the fault.
import { join } from 'node:path';
import { parseDrillArguments } from '@watchkeeper/drills/command/arguments';
import { drill } from '@watchkeeper/drills/command/drill';
import { runMain } from '@watchkeeper/drills/command/main';

const root = join(import.meta.dirname, '..');
await runMain(() => drill(root, parseDrillArguments(process.argv.slice(2))));
