import { createInterface } from 'node:readline';
import type { Terminal } from './walk-runbook.ts';

/** A terminal, or a pipe: each question takes one line of the input. */
export function createTerminal(): Terminal & { close(): void } {
  const reader = createInterface({ input: process.stdin });
  const lines: string[] = [];
  const waiting: ((line: string | undefined) => void)[] = [];
  let isOver = false;
  reader.on('line', (line) => {
    const next = waiting.shift();
    if (next) next(line);
    else lines.push(line);
  });
  reader.on('close', () => {
    isOver = true;
    for (const next of waiting.splice(0)) next(undefined);
  });
  return {
    print: (line) => console.log(line),
    ask(question) {
      process.stdout.write(question);
      const ready = lines.shift();
      if (ready !== undefined || isOver) return Promise.resolve(ready);
      return new Promise((resolve) => waiting.push(resolve));
    },
    close: () => reader.close(),
  };
}
