import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths from the root, sorted; none where the folder is absent. */
export function listFiles(root: string, folder: string, ending: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  const names = readdirSync(path).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => `${folder}/${name}`);
}
