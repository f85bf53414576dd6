import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { readTimings, summarize } from './timings.ts';

const folder = makeTemporaryFolder('timings');

afterAll(removeTemporaryFolders);

test('summarizes the requests of a span, by endpoint, without those refused on purpose', () => {
  const file = join(folder, 'timings');
  const id = 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6';
  const lines = [
    `999 200 5.00 GET /api/v1/orders/${id}`,
    ...Array.from({ length: 100 }, (_, i) => `1000 200 ${i + 1}.00 GET /api/v1/orders/${id}`),
    `1001 404 900.00 GET /api/v1/orders/${id}`,
    `1001 503 900.00 GET /api/v1/orders/${id}`,
    '1002 0 900.00 POST /api/v1/orders',
    '1003 200 900.00 GET /sms/messages',
    '2000 200 900.00 GET /api/v1/orders',
    '1004 200 9',
  ];
  writeFileSync(file, lines.join('\n'));
  const timings = readTimings(file, { fromMs: 1_000, toMs: 2_000 });
  expect(summarize(timings, ['GET /api/v1/orders/:id'])).toEqual({
    ...{ succeeded: 100, failed: 1, p50Ms: 50, p95Ms: 95, p99Ms: 99 },
  });
  expect(summarize(timings)).toMatchObject({ succeeded: 100, failed: 2 });
});
