import { fstat, mkdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { AsyncStream, LossListener } from './batched-lines.ts';

/** The part of a sonic-boom stream into a file that is used here. */
export interface FileStream extends AsyncStream {
  readonly file: string | null;
  readonly fd: number;
  /** Opens the file of this name again; what is buffered goes into it. */
  reopen(): void;
}

const checkMs = 1_000;
const statDescriptor = promisify(fstat);

/**
 * Looks once a second whether a log file is still the one at its path. One that was deleted takes
 * lines for ever, and nobody sees them: it is opened again, and the lines written since it was last
 * seen are counted as lost. One that was moved keeps its lines.
 */
export function guardFile(stream: FileStream, losses: LossListener): FileStream {
  const lines = { written: 0, seen: 0 };
  // A rotation changes the path a moment before the descriptor: twice in a row is no rotation.
  let suspected: string | undefined;

  async function check(): Promise<void> {
    const { file, fd } = stream;
    if (file === null || fd < 0 || stream.destroyed) return;
    const { written } = lines;
    const [named, open] = await Promise.all([
      stat(file).catch(() => undefined),
      statDescriptor(fd),
    ]);
    const key = `${fd} ${file}`;
    if (named !== undefined && named.ino === open.ino && named.dev === open.dev) {
      lines.seen = written;
      suspected = undefined;
    } else if (suspected !== key) {
      suspected = key;
    } else {
      suspected = undefined;
      reopen(file, open.nlink === 0 ? lines.written - lines.seen : 0);
    }
  }

  function reopen(file: string, lost: number): void {
    mkdirSync(dirname(file), { recursive: true });
    stream.reopen();
    lines.seen = lines.written;
    if (lost > 0) losses.onDrop('file_deleted', lost);
    losses.onReopen(file, lost);
  }

  // A failed check is tried again, and a file that cannot be written reports itself.
  const timer = setInterval(() => void check().catch(() => {}), checkMs).unref();
  stream.once('close', () => clearInterval(timer));
  const { write } = stream;
  stream.write = (text) => {
    lines.written += text.split('\n').length - 1;
    return write.call(stream, text);
  };
  return stream;
}
