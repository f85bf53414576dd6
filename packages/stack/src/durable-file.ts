import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/** Writes a file and waits until it is on the disk: after a power cut it is whole or absent. */
export function writeDurably(file: string, text: string, mode = 0o666): void {
  const descriptor = openSync(file, 'w', mode);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Replaces a file: no reader, no crash and no power cut ever leaves half of it. */
export function replaceDurably(file: string, text: string, mode?: number): void {
  const aside = `${file}.${process.pid}`;
  writeDurably(aside, text, mode);
  renameSync(aside, file);
}
