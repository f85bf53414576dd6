import { readFileSync } from 'node:fs';
import { ConfigurationError } from './environment-reader.ts';

/**
 * Reads the file named by a variable, without surrounding white space. Secrets come in files, because
 * `docker inspect` and crash reports show the environment.
 * @throws ConfigurationError if the file can't be read
 */
export function readSecretFile(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([
      `Expected \`${variable}\` to name a readable file, got \`${file}\` (${code}).`,
    ]);
  }
}
