const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread, which only the end of a process may do; other threads go on. */
export function sleepSync(ms: number): void {
  Atomics.wait(nothing, 0, 0, ms);
}
