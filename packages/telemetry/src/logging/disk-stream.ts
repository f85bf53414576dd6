import { writeSync } from 'node:fs';
import type { AsyncStream } from './batched-lines.ts';
import { patienceMs, retryMs } from './pipe-stream.ts';
import { sleepSync } from './sleep-sync.ts';

/** sonic-boom's own state in its version 4, which is the one of pino. */
interface DiskStream extends AsyncStream {
  readonly fd: number;
  _bufs: string[];
  _writingBuf: string;
  _len: number;
  emit(event: 'drop', text: string): unknown;
}

/**
 * Lets a stream of sonic-boom drop at the end of the process what the disk refuses: its own
 * `flushSync` tries that again for ever, and a process on a full disk would never end.
 */
export function endOnFullDisk(given: AsyncStream): AsyncStream {
  const stream = given as DiskStream;
  stream.flushSync = () => {
    if (stream.destroyed || stream.fd < 0) return;
    // What another thread is writing is not written twice.
    const first = stream._writing ? '' : stream._writingBuf;
    const text = [first, ...stream._bufs].join('');
    if (!stream._writing) stream._writingBuf = '';
    stream._bufs = [];
    stream._len = stream._writingBuf.length;
    const left = writeAll(stream.fd, Buffer.from(text));
    if (left.length > 0) stream.emit('drop', left.toString());
  };
  return stream;
}

/** @returns what is refused, or by a reader that has stopped not taken */
function writeAll(fd: number, bytes: Buffer): Buffer {
  let left = bytes;
  let progressAt = performance.now();
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(fd, left));
      progressAt = performance.now();
    } catch (error) {
      const isBusy = (error as NodeJS.ErrnoException).code === 'EAGAIN';
      if (!isBusy || performance.now() - progressAt > patienceMs) return left;
      sleepSync(retryMs);
    }
  }
  return left;
}
