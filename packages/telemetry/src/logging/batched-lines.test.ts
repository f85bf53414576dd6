import { once } from 'node:events';
import fs, { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, expect, jest, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { eventually } from '@watchkeeper/testing/waiting';
import pino from 'pino';
import { type AsyncStream, createBatchedLines } from './batched-lines.ts';

afterEach(() => void jest.restoreAllMocks());
afterAll(removeTemporaryFolders);

const nothingLost = { buffer_full: 0, write_failed: 0, file_deleted: 0 };

/** Lines into an open file that may hold so much while it waits for the disk. */
async function open(maxLength: number) {
  const file = join(makeTemporaryFolder('batched'), 'app.log');
  const destination = pino.destination({ dest: file, sync: false, minLength: 1, maxLength });
  await once(destination, 'ready');
  const stream = destination as unknown as AsyncStream;
  const lost = { ...nothingLost };
  const faults: string[] = [];
  const lines = createBatchedLines([stream], {
    onDrop: (reason, count) => {
      lost[reason] += count;
    },
    onFault: ({ message }) => faults.push(message),
    onReopen: () => {},
  });
  const written = () => readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return { lines, lost, faults, written };
}

/** Lets every write of this process fail as on a full disk, until `restore` is called. */
function fillDisk() {
  const fail = (...callArguments: unknown[]) => {
    const done = callArguments.at(-1) as (error: Error) => void;
    setImmediate(done, new Error('ENOSPC'));
  };
  return jest.spyOn(fs, 'write').mockImplementation(fail as never);
}

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `line ${from + index}`);

test('writes every line once, in order, before its end', async () => {
  const { lines, written, lost } = await open(1_000_000);
  for (const line of numbered(1_000)) lines.write(`${line}\n`);
  await lines.end();
  expect(written()).toEqual(numbered(1_000));
  expect(lost).toEqual(nothingLost);
});

test('writes without being ended, a moment later', async () => {
  const { lines, written } = await open(1_000_000);
  lines.write('line 0\n');
  await eventually(() => expect(written()).toEqual(['line 0']));
  await lines.end();
});

test('loses no line to a temporarily full disk, and reports it once', async () => {
  const { lines, written, lost, faults } = await open(1_000_000);
  const disk = fillDisk();
  for (const line of numbered(50)) lines.write(`${line}\n`);
  await eventually(() => expect(disk).toHaveBeenCalled());
  const tries = disk.mock.calls.length;
  lines.write('line 50\n');
  await eventually(() => expect(disk.mock.calls.length).toBeGreaterThan(tries));
  await sleep(50);
  expect(faults).toEqual(['ENOSPC']);
  disk.mockRestore();
  // Nothing further is written: what waits is tried again by itself.
  await eventually(() => expect(written()).toEqual(numbered(51)));
  await lines.end();
  expect(lost).toEqual(nothingLost);
});

test('counts each line past its bound while the disk is full, and writes again when it is not', async () => {
  const { lines, written, lost } = await open(100);
  const disk = fillDisk();
  // Eight bytes each: twelve fit.
  for (const line of numbered(30, 10)) {
    lines.write(`${line}\n`);
    await sleep(15);
  }
  expect(lost).toEqual({ ...nothingLost, write_failed: 18 });
  disk.mockRestore();
  await eventually(() => expect(written()).toEqual(numbered(12, 10)));
  lines.write('line 99\n');
  await lines.end();
  expect(written().at(-1)).toBe('line 99');
});
