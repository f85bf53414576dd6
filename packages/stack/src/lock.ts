import { linkSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeDurably } from './durable-file.ts';
import { identify, isAlive, isIdentity, type ProcessIdentity } from './process-identity.ts';

const pollMs = 100;

// Nobody: a lock is linked when it is written, so one without a holder is the rest of a power cut.
const nobody: ProcessIdentity = { pid: 0, startTime: 'never' };

/** The process that holds the lock, or held it when it died; undefined without a lock. */
export function readLockHolder(file: string): ProcessIdentity | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isIdentity(holder) ? holder : nobody;
  } catch (error) {
    return error instanceof SyntaxError ? nobody : undefined;
  }
}

// Not proper-lockfile: it judges a lock by its age, so that a start right after a crash would wait and
// a supervisor on a busy or suspended machine would lose its lock. A process is alive or it is not.
//
// Moved aside rather than deleted: another process that does the same may hold the lock by now, and
// then that holder is alive and gets its file back.
function removeIfStale(file: string, aside: string): void {
  const holder = readLockHolder(file);
  if (!holder || isAlive(holder)) return;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const removed = readLockHolder(aside);
  if (removed && isAlive(removed)) linkSync(aside, file);
  rmSync(aside, { force: true });
}

/** Takes the lock if it is free or its holder has died; returns the release, or undefined. */
export function tryLock(file: string): (() => void) | undefined {
  mkdirSync(dirname(file), { recursive: true });
  // Written aside and linked, so that no reader ever finds a lock without its holder.
  const own = `${file}.${process.pid}.${process.hrtime.bigint()}`;
  writeDurably(own, JSON.stringify(identify(process.pid)));
  try {
    removeIfStale(file, `${own}.stale`);
    linkSync(own, file);
    let isHeld = true;
    return () => {
      // Released once: by the second time another process may hold it.
      if (isHeld) rmSync(file, { force: true });
      isHeld = false;
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Runs the work while holding the lock; waits for as long as a living process holds it. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  let release = tryLock(file);
  while (!release) {
    await sleep(pollMs);
    release = tryLock(file);
  }
  try {
    return await work();
  } finally {
    release();
  }
}
