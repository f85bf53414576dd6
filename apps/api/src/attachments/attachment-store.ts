import type { Readable } from 'node:stream';
import type { Faults } from '@watchkeeper/galley';
import { instrumentObjectStore, type Telemetry } from '@watchkeeper/telemetry';
import type { AttachmentsConfiguration } from './config.ts';
import { createFileStore } from './file-store.ts';
import type { ObjectFacts, ObjectStore } from './object-store.ts';
import { createS3Store } from './s3-store.ts';
import { breakObjectStore, type objectStoreFaults } from './store-fault.ts';

/** An object store that distinguishes a failed upload from one whose sender left. */
export interface AttachmentStore extends Pick<ObjectStore, 'get' | 'remove'> {
  put(key: string, body: Readable, upload: Upload): Promise<'stored' | 'abandoned'>;
}

interface Upload extends ObjectFacts {
  /** Whether the sender has left, which is no failure of the store. */
  isAbandoned(): boolean;
}

/** Opens the configured store with its metrics. */
export function openAttachmentStore(
  { store: configuration }: AttachmentsConfiguration,
  telemetry: Telemetry,
  faults: Faults<typeof objectStoreFaults>,
): AttachmentStore {
  const isFile = configuration.kind === 'file';
  const plain = isFile ? createFileStore(configuration.folder) : createS3Store(configuration);
  const bucket = isFile ? 'file' : configuration.bucket;
  const store = instrumentObjectStore(breakObjectStore(plain, faults), telemetry, { bucket });
  telemetry.shutdown.on('close-stores', 'object store', () => store.close());
  return {
    get: store.get,
    remove: store.remove,
    async put(key, body, upload) {
      try {
        await store.put(key, body, upload);
        return 'stored';
      } catch (error) {
        if (upload.isAbandoned()) return 'abandoned';
        throw error;
      }
    },
  };
}
