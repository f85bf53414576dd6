/** The part of a sonic-boom stream that is used here; it writes asynchronously and keeps order. */
export interface AsyncStream {
  readonly destroyed?: boolean;
  write(text: string): unknown;
  on(event: 'drop', listener: (text: string) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'write', listener: () => void): unknown;
  once(event: 'close' | 'error', listener: () => void): unknown;
  /** Tries again to write what could not be written. */
  flush(): void;
  flushSync(): void;
  end(): void;
}

/** What is told of lines that may not arrive. */
export interface LossListener {
  /** So many lines are lost. */
  onDrop(reason: 'buffer_full' | 'write_failed', lines: number): void;
  /** Writing began to fail; what could not be written waits, and is tried again. */
  onFault(error: Error): void;
}

/** A sink of lines that hands them on together. */
export interface BatchedLines {
  write(line: string): void;
  end(): Promise<void>;
}

// Each write costs a change of threads, a tenth of what a request costs; so those of a moment share
// one. No person sees the difference, and what ends a process writes out what is left.
const batchMs = 10;
// A burst is handed on before its moment is over.
const maxBatchLength = 256 * 1_024;
const retryMs = 1_000;

/** Gathers lines for the streams, and has them keep trying while a disk is full. */
export function createBatchedLines(
  streams: readonly AsyncStream[],
  losses: LossListener,
): BatchedLines {
  let pending = '';
  let timer: NodeJS.Timeout | undefined;
  for (const stream of streams) watch(stream, losses);

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
    writeBatch();
    for (const stream of streams) {
      try {
        stream.flushSync();
      } catch {
        // The process ends; there is nobody left to tell.
      }
    }
  }

  let isEnding = false;
  function leave(): void {
    if (!isEnding) {
      flushAllSync();
      return;
    }
    // Whoever reads the lines has stopped, and the time for an end in order is over. To go on writing
    // would hang for ever: here, in the streams' own last words, or in the thread that waits.
    process.kill(process.pid, 'SIGKILL');
  }

  // Before the streams' own, which write what is left as well.
  process.prependListener('exit', leave);
  return {
    write(line) {
      pending += line;
      if (pending.length > maxBatchLength) writeBatch();
      else timer ??= setTimeout(writeBatch, batchMs);
    },
    async end() {
      writeBatch();
      isEnding = true;
      await Promise.all(streams.map(endStream));
      process.off('exit', leave);
    },
  };
}

/** Without a listener a full disk would end the process. */
function watch(stream: AsyncStream, { onDrop, onFault }: LossListener): void {
  let isFailing = false;
  let isRetryScheduled = false;
  stream.on('write', () => {
    isFailing = false;
  });
  stream.on('drop', (text) => {
    onDrop(isFailing ? 'write_failed' : 'buffer_full', countLines(text));
  });
  stream.on('error', (error) => {
    // With its buffer full the stream would not try again by itself, not even on an empty disk.
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
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

function endStream(stream: AsyncStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', resolve);
    stream.end();
  });
}
