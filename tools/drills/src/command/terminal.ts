import { createInterface } from 'node:readline';

export interface Terminal {
  print(line: string): void;
  /** The typed line, without the newline; undefined at the end of the input. */
  ask(question: string): Promise<string | undefined>;
}

/** A terminal, or a pipe: each question takes one line of the input. */
export function createTerminal(): Terminal & { close(): void } {
  const reader = createInterface({ input: process.stdin });
  const lines = reader[Symbol.asyncIterator]();
  return {
    print: (line) => console.log(line),
    async ask(question) {
      process.stdout.write(question);
      return (await lines.next()).value;
    },
    close: () => reader.close(),
  };
}
