import { setTimeout as sleep } from 'node:timers/promises';
import { defineFault, dependencyFault, type Faults } from '@watchkeeper/galley';
import type { ObjectStore } from './object-store.ts';

export const objectStoreFaults = { objectStore: defineFault(dependencyFault) };

/** An injected failure, with its status where the S3 SDK puts it. */
class InjectedFaultError extends Error {
  override readonly name = 'InjectedFaultError';
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(status: number) {
    super(`The fault \`objectStore\` returns ${status}.`);
    this.$metadata = { httpStatusCode: status };
  }
}

/** The same store, with the fault applied to uploads and downloads. */
export function breakObjectStore(
  store: ObjectStore,
  faults: Faults<typeof objectStoreFaults>,
): ObjectStore {
  if (!faults.isEnabled) return store;

  async function applyFault(): Promise<void> {
    const fault = faults.get('objectStore');
    if (fault === undefined || Math.random() >= fault.share) return;
    if (fault.milliseconds) await sleep(fault.milliseconds);
    if (fault.status !== undefined) throw new InjectedFaultError(fault.status);
  }

  return {
    ...store,
    async put(key, body, facts) {
      await applyFault();
      return store.put(key, body, facts);
    },
    async get(key) {
      await applyFault();
      return store.get(key);
    },
  };
}
