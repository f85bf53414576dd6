import type { Readable } from 'node:stream';

export interface ObjectFacts {
  readonly sizeBytes: number;
  readonly contentType: string;
}

/** A store of objects; the api makes their keys, which are UUIDs. */
export interface ObjectStore {
  /** Stores the whole object or nothing. */
  put(key: string, body: Readable, facts: ObjectFacts): Promise<void>;
  /** @throws the store's own error if there is no such object */
  get(key: string): Promise<Readable>;
  /** Removes an object if it exists. */
  remove(key: string): Promise<void>;
  close(): void;
}
