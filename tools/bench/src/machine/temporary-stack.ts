import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '@watchkeeper/stack';

type StackOptions = NonNullable<Parameters<typeof startStack>[0]>;

/** Runs with an empty folder that is removed at the end. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts a native system on free ports and in a temporary folder; stops it at the end. */
export function withStack<T>(
  options: StackOptions,
  use: (stack: Stack, stateFolder: string) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (stateFolder) => {
    const stack = await startStack({
      ...{ stateFolder, ports: 'free', readyTimeoutMs: 180_000 },
      ...options,
    });
    try {
      return await use(stack, stateFolder);
    } finally {
      await stack.stop();
    }
  });
}
