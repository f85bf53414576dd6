// `npm run drill -- <AlertName>`: injects a fault, follows its alert, undoes the fault.
import { join } from 'node:path';
import { parseDrillArguments } from '@watchkeeper/drills/command/arguments';
import { drill } from '@watchkeeper/drills/command/drill';
import { runCommand } from '@watchkeeper/drills/command/run-command';

const root = join(import.meta.dirname, '..');
await runCommand(() => drill(root, parseDrillArguments(process.argv.slice(2))));
