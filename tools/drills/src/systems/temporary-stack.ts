import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '@watchkeeper/stack';

type StackOptions = NonNullable<Parameters<typeof startStack>[0]>;

/** Runs with an empty folder that is removed at the end. */
export async function withTemporaryFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'watchkeeper-'));
  // Where PostgreSQL's user can't enter, its data are put elsewhere, and nothing removes them.
  chmodSync(folder, 0o711);
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs with a native system on free ports and in a temporary folder; stops it at the end. */
export function withTemporaryStack<T>(
  options: StackOptions,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (stateFolder) => {
    const common = { stateFolder, ports: 'free', readyTimeoutMs: 180_000 } as const;
    const stack = await startStack({ ...common, ...options });
    try {
      return await use(stack);
    } finally {
      await stack.stop();
    }
  });
}

/** Sets faults of the api; the returned function removes all of them. */
export async function setApiFaults(stack: Stack, faults: unknown): Promise<() => Promise<void>> {
  const response = await stack.manage('api', '/faults', {
    method: 'PUT',
    body: JSON.stringify({ origin: 'drill', ...(faults as object) }),
  });
  if (!response.ok) throw new Error(`Expected the api to accept a fault: ${await response.text()}`);
  return async () => void (await stack.manage('api', '/faults', { method: 'DELETE' }));
}
