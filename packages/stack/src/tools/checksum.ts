import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { StackError } from '../stack-error.ts';

/** Throws unless the file's SHA-256 is that of the archive's index. */
export async function verifyChecksum(file: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest('hex');
  if (actual === expected) return;
  throw new StackError(
    `Expected \`${file}\` to have the SHA-256 ${expected} of the archive's index, got ` +
      `\`${actual}\`: the file is truncated or altered, and was not unpacked. ` +
      'Delete it and start again.',
  );
}
