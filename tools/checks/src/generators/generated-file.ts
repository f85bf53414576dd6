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

/**
 * A file with what stands between two of its lines replaced.
 * @throws Error where the file lacks one of them
 */
export function replaceMarked(
  root: string,
  path: string,
  {
    begin,
    end,
    content,
  }: { readonly begin: string; readonly end: string; readonly content: string },
): GeneratedFile {
  const [before, rest] = readFileSync(join(root, path), 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) {
    throw new Error(
      `${path}: expected the lines \`${begin.trim()}\` and \`${end.trim()}\`. Put them back.`,
    );
  }
  return { path, content: `${before}${begin}${content}${end}${after}` };
}
