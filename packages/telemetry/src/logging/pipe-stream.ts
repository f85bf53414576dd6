import { EventEmitter } from 'node:events';
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { AsyncStream } from './batched-lines.ts';
import { sleepSync } from './sleep-sync.ts';

// A reader that is busy is back within milliseconds; one that has stopped must not be waited for.
export const patienceMs = 1_000;
export const retryMs = 5;

/**
 * Standard output as a stream that never blocks and, at the end of the process, knows what of its
 * text was taken: a write in another thread may be under way then, and is lost or torn.
 * @returns `undefined` where standard output is no pipe
 */
export function openPipeStream(maxBytes: number): AsyncStream | undefined {
  const fd = openUnblocked();
  return fd === undefined ? undefined : createPipeStream(fd, maxBytes);
}

function openUnblocked(): number | undefined {
  // The standard output of a worker is not descriptor 1.
  if (!isMainThread) return undefined;
  const kind = fstatSync(1);
  if (!kind.isFIFO() && !kind.isSocket()) return undefined;
  try {
    // An own description: those who share the other one do not expect it to be non-blocking.
    if (kind.isFIFO()) {
      return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK);
    }
  } catch {
    // Not Linux, or a pipe of another user.
  }
  // Node makes a pipe or socket non-blocking when it opens it as its own stream.
  return process.stdout.destroyed ? undefined : 1;
}

/** Text that a descriptor has not taken yet. */
function createBacklog(fd: number, maxBytes: number, events: EventEmitter) {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  return {
    bytes: () => pendingBytes,
    add(text: string): void {
      const bytes = Buffer.from(text);
      if (pendingBytes + bytes.length > maxBytes) return void events.emit('drop', text);
      pending.push(bytes);
      pendingBytes += bytes.length;
    },
    /** Writes as much as is taken; returns whether that was everything. */
    drain(): boolean {
      for (let next = pending[0]; next !== undefined; next = pending[0]) {
        const written = writeSome(fd, next);
        if (written === 0) return false;
        pendingBytes -= written;
        if (written === next.length) pending.shift();
        else pending[0] = next.subarray(written);
        events.emit('write', written);
      }
      return true;
    },
    giveUp(): void {
      for (const text of pending) events.emit('drop', text.toString());
      pending = [];
      pendingBytes = 0;
    },
  };
}

function createPipeStream(fd: number, maxBytes: number): AsyncStream {
  const events = new EventEmitter();
  const { add, drain, giveUp, bytes } = createBacklog(fd, maxBytes, events);
  let timer: NodeJS.Timeout | undefined;
  let isEnding = false;
  let isClosed = false;

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(timer);
    events.emit('close');
  }

  function pump(): void {
    clearTimeout(timer);
    timer = undefined;
    try {
      // The process may end meanwhile: its end writes what is left.
      if (!drain()) timer = setTimeout(pump, retryMs).unref();
      else if (isEnding) close();
    } catch (error) {
      // Nobody reads any more, as `head` does after its lines.
      events.emit('error', error);
      giveUp();
      close();
    }
  }

  return {
    get destroyed() {
      return isClosed;
    },
    neverBlocks: true,
    write(text) {
      add(text);
      if (timer === undefined) pump();
    },
    on: events.on.bind(events),
    once: events.once.bind(events),
    flush: pump,
    flushSync() {
      let progressAt = performance.now();
      for (let before = bytes(); !drain(); before = bytes()) {
        if (bytes() < before) progressAt = performance.now();
        if (performance.now() - progressAt > patienceMs) return giveUp();
        sleepSync(retryMs);
      }
    },
    end() {
      isEnding = true;
      pump();
    },
  };
}

/** The bytes that a descriptor takes now. */
function writeSome(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}
