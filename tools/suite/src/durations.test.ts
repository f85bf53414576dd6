import { afterEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { formatSeconds, readDurations, rememberDurations } from './durations.ts';

afterEach(removeTemporaryFolders);

test('remembers what last ran beside what ran before', () => {
  const root = makeTemporaryFolder('durations');
  expect(readDurations(root).stages.e2e).toBeGreaterThan(0);
  rememberDurations(root, { stages: { e2e: 17 }, files: { 'a.test.ts': 1 } });
  rememberDurations(root, { files: { 'b.test.ts': 2 } });
  expect(readDurations(root)).toMatchObject({
    stages: { e2e: 17 },
    files: { 'a.test.ts': 1, 'b.test.ts': 2 },
  });
});

test.each([
  [0, '0:00'],
  [75.4, '1:15'],
  [-3, '0:00'],
])('writes %d seconds as %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
