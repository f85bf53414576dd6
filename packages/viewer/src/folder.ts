import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpError } from '@watchkeeper/telemetry';
import type { Dashboard } from './model/dashboard.ts';

// A uid is a file name and cannot leave the folder.
const uidPattern = /^[a-z0-9][a-z0-9-]{0,39}$/;
const home = 'overview';

/** Opens a folder with `<uid>.json`; the files are read each time, because they may change. */
export function openFolder(folder: string | undefined) {
  /** The JSON text; throws HttpError 404. */
  async function read(uid: string): Promise<string> {
    const missing = new HttpError(404, `Unknown dashboard \`${uid}\`.`, {
      code: 'dashboard_unknown',
    });
    if (folder === undefined || !uidPattern.test(uid)) throw missing;
    try {
      return await readFile(join(folder, `${uid}.json`), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw missing;
      throw error;
    }
  }

  return {
    read,
    /** The home first; empty without a folder. */
    async list() {
      const files = folder === undefined ? [] : await readdir(folder);
      const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
      const uids = names.filter((name) => uidPattern.test(name));
      const all = await Promise.all(uids.map(async (uid) => summarise(uid, await read(uid))));
      return all.sort(
        (one, other) =>
          Number(other.uid === home) - Number(one.uid === home) ||
          one.title.localeCompare(other.title),
      );
    },
  };
}

function summarise(uid: string, text: string) {
  const { title, description = '' } = JSON.parse(text) as Partial<Dashboard>;
  return { uid, title: title ?? uid, description };
}
