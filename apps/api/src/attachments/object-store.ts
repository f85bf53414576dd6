import type { Readable } from 'node:stream';
import type { Faults } from '@watchkeeper/galley';
import { instrumentObjectStore, type Telemetry } from '@watchkeeper/telemetry';
import type { AttachmentsConfiguration } from './config.ts';
import { createFileStore } from './file-store.ts';
import { createS3Store } from './s3-store.ts';
import { breakObjectStore, type objectStoreFaults } from './store-fault.ts';

/** What is known of an object before it is stored. */
export interface ObjectFacts {
  readonly sizeBytes: number;
  readonly contentType: string;
}

/** Where objects are kept; keys are UUIDs of the api's own. */
export interface ObjectStore {
  /** Stores the whole object or nothing. */
  put(key: string, body: Readable, facts: ObjectFacts): Promise<void>;
  /** @throws an error of the store's when there is no such object */
  get(key: string): Promise<Readable>;
  /** Removes an object if there is one. */
  remove(key: string): Promise<void>;
  close(): void;
}

/** An object store that tells whose fault it is when an upload breaks off. */
export interface AttachmentStore extends Pick<ObjectStore, 'get' | 'remove'> {
  /** @param source where the body comes from; that its sender left is no failure of the store */
  put(key: string, body: Readable, facts: Upload): Promise<'stored' | 'abandoned'>;
}

/** An object on its way into the store. */
export interface Upload extends ObjectFacts {
  /** Whether whoever sends it has left. */
  isAbandoned(): boolean;
}

/** Opens the store that the configuration names, metered. */
export function openAttachmentStore(
  { store: configuration }: AttachmentsConfiguration,
  telemetry: Telemetry,
  faults: Faults<typeof objectStoreFaults>,
): AttachmentStore {
  const isFile = configuration.kind === 'file';
  const kept = isFile ? createFileStore(configuration.folder) : createS3Store(configuration);
  const store = breakObjectStore(kept, faults);
  telemetry.shutdown.on('close-stores', 'object store', () => store.close());
  const attachments: AttachmentStore = {
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
  const bucket = isFile ? 'file' : configuration.bucket;
  return instrumentObjectStore(attachments, telemetry, { bucket });
}
