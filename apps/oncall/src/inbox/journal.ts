import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Opens an append-only file of lines and creates its folder. Calls must not overlap.
 * @throws Error of the file system
 */
export async function openJournal(file: string) {
  await mkdir(dirname(file), { recursive: true });
  let handle = await open(file, 'a+', 0o600);
  const content = await handle.readFile('utf8');
  const initialLines = content.split('\n').filter((line) => line !== '');
  await syncFolder(dirname(file));
  let { size } = await handle.stat();
  let lineCount = initialLines.length;
  // A line that a crash cut off must not run into the next one.
  let prefix = content === '' || content.endsWith('\n') ? '' : '\n';
  let isTorn = false;

  return {
    /** The lines it held when it was opened, without the empty ones. */
    initialLines,
    lineCount: () => lineCount,
    /** Resolves once the lines are on the disk; after a rejection none is. */
    async append(lines: readonly string[]) {
      // A write that failed may have left half a line, on a full disk for one.
      if (isTorn) await handle.truncate(size);
      isTorn = true;
      const text = prefix + textOf(lines);
      await handle.appendFile(text);
      await handle.datasync();
      isTorn = false;
      size += Buffer.byteLength(text);
      prefix = '';
      lineCount += lines.length;
    },
    /** Replaces the file's lines; after a rejection the old or the new file is complete. */
    async rewrite(lines: readonly string[]) {
      const old = handle;
      ({ handle, size } = await writeBeside(file, lines));
      lineCount = lines.length;
      prefix = '';
      isTorn = false;
      await old.close();
      await syncFolder(dirname(file));
    },
    close: () => handle.close(),
  };
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** Writes a new file and renames it, so that there always is a complete one. */
async function writeBeside(
  file: string,
  lines: readonly string[],
): Promise<{ handle: FileHandle; size: number }> {
  const path = `${file}.new`;
  await rm(path, { force: true });
  const handle = await open(path, 'ax', 0o600);
  try {
    await handle.appendFile(textOf(lines));
    await handle.sync();
    const { size } = await handle.stat();
    await rename(path, file);
    return { handle, size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A new or changed name is on the disk only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
