import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Makes a binary look for a folder below its working directory instead of below `/`. The path in
 * it is replaced by one of the same length, `/usr/share` by `usr//share`, so that no offset moves.
 */
export function relocateFolder(binary: string, folder: string): void {
  const relative = folder.slice(1).replace('/', '//');
  const [from, to] = [Buffer.from(folder), Buffer.from(relative)];
  const content = readFileSync(binary);
  for (let at = content.indexOf(from); at !== -1; at = content.indexOf(from, at + 1)) {
    to.copy(content, at);
  }
  writeFileSync(binary, content);
}
