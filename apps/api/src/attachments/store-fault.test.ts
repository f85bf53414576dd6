import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { download, png, upload } from '../testing/files.ts';
import { type RunningApi, type SignedIn, startApi } from '../testing/running-api.ts';

const folder = makeTemporaryFolder('attachments');
let api: RunningApi;
let owner: SignedIn;
let stored: string | undefined;

beforeAll(async () => {
  api = await startApi({ environment: { OBJECT_STORE_FOLDER: folder } });
  owner = await api.signIn('customer');
}, 120_000);

afterAll(async () => {
  await api.stop();
  removeTemporaryFolders();
});

beforeEach(async () => {
  stored = (await upload(api.base, owner)).body.id;
});

afterEach(() => fetch(`${api.management}/faults`, { method: 'DELETE' }));

async function putFault(objectStore: object): Promise<number> {
  const body = JSON.stringify({ objectStore });
  return (await fetch(`${api.management}/faults`, { method: 'PUT', body })).status;
}

test('a failing object store appears in responses, metrics and log lines until the fault is cleared', async () => {
  expect(await putFault({ status: 500 })).toBe(200);
  expect((await upload(api.base, owner)).status).toBe(503);
  expect((await download(api.base, owner, stored)).status).toBe(503);
  const text = await api.telemetry.renderMetrics();
  expect(text).toContain('s3_upload_duration_seconds_count{result="error"} 1');
  expect(text).toContain('s3_download_duration_seconds_count{result="error"} 1');
  expect(api.linesOf('attachment_upload_failed').at(-1)).toMatchObject({
    err: { type: 'InjectedFaultError', message: 'The fault `objectStore` returns 500.' },
  });
  await fetch(`${api.management}/faults`, { method: 'DELETE' });
  expect((await download(api.base, owner, stored)).status).toBe(200);
});

async function secondsOf(direction: 'upload' | 'download'): Promise<number> {
  const sum = new RegExp(`s3_${direction}_duration_seconds_sum{result="success"} (\\S+)`);
  return Number(sum.exec(await api.telemetry.renderMetrics())?.[1]);
}

test('a slow object store appears in the durations', async () => {
  await putFault({ milliseconds: 350 });
  expect((await upload(api.base, owner)).status).toBe(201);
  expect((await download(api.base, owner, stored)).status).toBe(200);
  expect(await secondsOf('upload')).toBeGreaterThanOrEqual(0.345);
  // Its time is taken when the last byte has gone, which the caller may see first.
  await waitUntil(async () => (await secondsOf('download')) >= 0.345);
});

test('an abandoned slow upload leaves nothing behind', async () => {
  await putFault({ milliseconds: 300 });
  const broken = request(`${api.base}/api/v1/attachments`, {
    method: 'POST',
    headers: { ...owner.headers, 'content-type': 'image/png', 'content-length': '500000' },
  });
  broken.on('error', () => {});
  broken.write(png(100_000));
  while (!(await api.telemetry.renderMetrics()).includes('http_requests_in_flight 1')) {
    await sleep(10);
  }
  setTimeout(() => broken.destroy(), 100);
  const abandoned = 'errors_total{error_type="HttpError",error_code="attachment_broken_off"} 1';
  while (!(await api.telemetry.renderMetrics()).includes(abandoned)) {
    await sleep(20);
  }
  expect((await upload(api.base, owner)).status).toBe(201);
});

test.each([{}, { status: 200 }, { milliseconds: -1 }, { share: 2, status: 500 }])(
  'the fault refuses %j',
  async (settings) => expect(await putFault(settings)).toBe(400),
);
