import { setTimeout as sleep } from 'node:timers/promises';
import { defineFault, dependencyFault, type Faults, InjectedFaultError } from '@watchkeeper/galley';
import type { ObjectStore } from './object-store.ts';

export const objectStoreFaults = { objectStore: defineFault(dependencyFault) };

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
    if (fault.status === undefined) return;
    const error = new InjectedFaultError(`The fault \`objectStore\` returns ${fault.status}.`);
    // Where the S3 SDK puts the status.
    throw Object.assign(error, { $metadata: { httpStatusCode: fault.status } });
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
