import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ObjectStore } from './object-store.ts';

const keyPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Stores objects as files in a folder of this machine. */
export function createFileStore(folder: string): ObjectStore {
  /** The last guard against path traversal: the key must be a UUID. */
  function pathOf(key: string): string {
    if (!keyPattern.test(key))
      throw new TypeError(`Expected the key to be a UUID, got \`${key}\`.`);
    // Subfolders keep each listing short.
    return join(folder, key.slice(0, 2), key);
  }

  return {
    async put(key, body) {
      const path = pathOf(key);
      const part = `${path}.${randomUUID()}.part`;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      try {
        // Flushed before it counts as stored, and renamed only when complete.
        await pipeline(body, createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }));
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
    },
    async get(key) {
      // Opened first, so that a missing file fails before the response starts.
      const file = await open(pathOf(key));
      return file.createReadStream();
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    close() {},
  };
}
