import { createInterface } from 'node:readline';

export interface Terminal {
  print(line: string): void;
  /** The typed line, without the newline; undefined at the end of the input. */
  ask(question: string): Promise<string | undefined>;
}

/** Runs with a terminal, or a pipe: each question takes one line of the input. */
export async function withTerminal<T>(use: (terminal: Terminal) => Promise<T>): Promise<T> {
  const reader = createInterface({ input: process.stdin });
  const lines = reader[Symbol.asyncIterator]();
  const ask = async (question: string) => {
    process.stdout.write(question);
    return (await lines.next()).value;
  };
  try {
    return await use({ print: console.log, ask });
  } finally {
    reader.close();
  }
}
