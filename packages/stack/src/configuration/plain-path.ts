import { relative } from 'node:path';

/**
 * The path for a configuration file or a flag. Components read paths as globs, as YAML, as lists or
 * for variables; a path that could be read so is given relative to the folder that they run in.
 */
export function plainPath(path: string, workingFolder: string): string {
  return /^[\p{L}\p{N}_./+@~-]+$/u.test(path) ? path : relative(workingFolder, path) || '.';
}
