import { sleepSync } from './sleep-sync.ts';

/** The part of a sonic-boom stream that is used here; it writes asynchronously and in order. */
export interface AsyncStream {
  readonly destroyed?: boolean;
  /** Whether the process may end while it has text left. */
  readonly neverBlocks?: boolean;
  /** Set once the process ends, from when on no other thread may write. */
  sync?: boolean;
  /** Whether another thread is writing: sonic-boom's own flag, and the only one it has. */
  readonly _writing?: boolean;
  write(text: string): unknown;
  on(event: 'drop', listener: (text: string) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'write', listener: () => void): unknown;
  once(event: 'close' | 'error', listener: () => void): unknown;
  /** Retries failed writes. */
  flush(): void;
  flushSync(): void;
  end(): void;
}

export interface LossListener {
  onDrop(reason: 'buffer_full' | 'write_failed' | 'file_deleted', lines: number): void;
  /** The log file was deleted or moved, and opened again; `lines` were lost with it. */
  onReopen(file: string, lines: number): void;
  /** Writing started to fail; the text is buffered and retried. */
  onFault(error: Error): void;
}

// Each write costs a thread switch, a tenth of a request, so lines within a few milliseconds share
// one. The end of a process flushes the rest.
const batchMs = 10;
// A burst is written before the interval is over.
const maxBatchLength = 256 * 1_024;
const retryMs = 1_000;
// A write of another thread that is under way when the process ends is nearly done, if it is read.
const lastWriteMs = 100;

/** Batches lines for the streams, and retries while a disk is full. */
export function createBatchedLines(streams: readonly AsyncStream[], losses: LossListener) {
  let pending = '';
  let timer: NodeJS.Timeout | undefined;
  let isLeaving = false;
  const busyStreams = streams.map((stream) => ({ stream, isBusy: watch(stream, losses) }));

  function writeBatch(): void {
    clearTimeout(timer);
    timer = undefined;
    const text = pending;
    pending = '';
    if (text === '') return;
    for (const stream of streams) {
      if (stream.destroyed) losses.onDrop('write_failed', countLines(text));
      else stream.write(text);
    }
  }

  function flushAllSync(): void {
    const isAnyBusy = busyStreams.some(({ stream, isBusy }) => !stream.neverBlocks && isBusy());
    if (isAnyBusy && !isLeaving) sleepSync(lastWriteMs);
    // Whatever is written from now on, by other listeners of the end too, is written here.
    isLeaving = true;
    for (const stream of streams) if (!stream.neverBlocks) stream.sync = true;
    writeBatch();
    flushSync(streams);
  }

  let isEnding = false;
  function leave(): void {
    if (!isEnding) {
      flushAllSync();
      return;
    }
    // The reader of the lines has stopped, and the shutdown's deadline is over. Writing on would
    // hang: here, in the streams' own exit handlers, or in the waiting thread.
    if (streams.every(({ neverBlocks, destroyed }) => neverBlocks || destroyed)) return;
    process.kill(process.pid, 'SIGKILL');
  }

  // Before the streams' own handlers, which flush as well.
  process.prependListener('exit', leave);
  return {
    write(line: string): void {
      pending += line;
      if (isLeaving) flushAllSync();
      else if (pending.length > maxBatchLength) writeBatch();
      else timer ??= setTimeout(writeBatch, batchMs);
    },
    async end(): Promise<void> {
      writeBatch();
      isEnding = true;
      await Promise.all(streams.map(endStream));
      process.off('exit', leave);
    },
  };
}

function flushSync(streams: readonly AsyncStream[]): void {
  for (const stream of streams) {
    try {
      stream.flushSync();
    } catch {
      // The process is exiting, so nothing can report it.
    }
  }
}

/**
 * Without a listener a full disk would end the process.
 * @returns whether another thread is writing its text
 */
function watch(stream: AsyncStream, { onDrop, onFault }: LossListener): () => boolean {
  let isFailing = false;
  let isRetryScheduled = false;
  stream.on('write', () => {
    isFailing = false;
  });
  stream.on('drop', (text) => {
    onDrop(isFailing ? 'write_failed' : 'buffer_full', countLines(text));
  });
  stream.on('error', (error) => {
    // With a full buffer the stream would not retry by itself, even once the disk has space.
    if (!isRetryScheduled) {
      isRetryScheduled = true;
      setTimeout(retry, retryMs).unref();
    }
    if (isFailing) return;
    isFailing = true;
    onFault(error);
  });

  function retry(): void {
    isRetryScheduled = false;
    if (!stream.destroyed) stream.flush();
  }
  return () => !isFailing && (stream._writing ?? false);
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

/** Resolves once the stream has closed or failed. */
export function endStream(stream: Pick<AsyncStream, 'once' | 'end'>): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', resolve);
    stream.end();
  });
}
