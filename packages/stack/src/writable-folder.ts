import { accessSync, constants, mkdirSync } from 'node:fs';
import { StackError } from './stack-error.ts';

/** Creates a folder that we write to; throws, with the fix, when that is not possible. */
export function makeWritable(folder: string, variable: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StackError(
      `Expected \`${folder}\` to be a folder that can be written to, got ${code}. ` +
        `Set \`${variable}\`, in the environment or in .env, to one that can.`,
      { exitCode: 2, cause: error },
    );
  }
}
