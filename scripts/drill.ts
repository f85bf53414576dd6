// `npm run drill -- <AlertName>`: breaks the system on purpose, follows the alert, heals.
import { join } from 'node:path';
import { readDrillArguments } from './drills/command/arguments.ts';
import { drill } from './drills/command/drill.ts';
import { runDrillVerb } from './drills/command/verb.ts';

const root = join(import.meta.dirname, '..');
await runDrillVerb(() => drill(root, readDrillArguments(process.argv.slice(2))));
