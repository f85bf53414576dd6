import { once } from 'node:events';
import type { Readable } from 'node:stream';

/**
 * The first bytes of a stream, which stay in it: at most `bytes`, fewer where it ends before.
 * Source: https://nodejs.org/api/stream.html#readableunshiftchunk-encoding
 */
export async function peek(stream: Readable, bytes: number): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < bytes) {
    const part: Buffer | null = stream.read();
    if (part !== null) {
      head = Buffer.concat([head, part]);
      continue;
    }
    if (stream.readableEnded || stream.destroyed) return head;
    await Promise.race([once(stream, 'readable'), once(stream, 'end'), once(stream, 'close')]);
  }
  // In the same tick as the last read, else the stream might have ended.
  stream.unshift(head);
  return head.subarray(0, bytes);
}
