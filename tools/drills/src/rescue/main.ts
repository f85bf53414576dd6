// The rescuer: a process of its own that heals what a drill broke if the drill's process dies.
// It reads JSON lines: steps to keep, or `{"kind": "done"}`. At the end of its input, without that
// word, it does the kept steps, last one first.
import { createInterface } from 'node:readline';
import { doSteps } from './do-steps.ts';
import type { RescueStep } from './step.ts';

// A terminal's Ctrl-C reaches the whole group; the drill heals itself then, and this one waits.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

let steps: RescueStep[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  const word = JSON.parse(line) as RescueStep | { kind: 'done' };
  if (word.kind === 'done') steps = [];
  else steps.push(word);
}
await doSteps(steps.toReversed());
