import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file that is made from a source and committed. */
export interface GeneratedFile {
  /** The path from the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** Those that are missing or differ from what the generator makes today. */
export function outdatedFiles(root: string, files: readonly GeneratedFile[]): GeneratedFile[] {
  return files.filter(({ path, content }) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== content;
  });
}

/** Writes those that are outdated, and returns them. */
export function writeOutdated(root: string, files: readonly GeneratedFile[]): GeneratedFile[] {
  const outdated = outdatedFiles(root, files);
  for (const { path, content } of outdated) writeFileSync(join(root, path), content);
  return outdated;
}
