// The process behind a dead man's switch. It reads JSON lines: steps to keep, or
// `{"kind": "disarm"}`. At the end of its input, which comes when the other process dies in any way,
// kill -9 included, it performs the kept steps, last one first.
import { createInterface } from 'node:readline';
import { performSteps } from './perform-steps.ts';
import type { CleanupStep } from './step.ts';

// A terminal's Ctrl-C reaches the whole group; the other process then cleans up itself.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

let steps: CleanupStep[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as CleanupStep | { kind: 'disarm' };
  if (message.kind === 'disarm') steps = [];
  else steps.push(message);
}
await performSteps(steps.toReversed());
