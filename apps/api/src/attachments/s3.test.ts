import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { download, png, upload } from '../testing/files.ts';
import { type RunningApi, type SignedIn, startApi } from '../testing/running-api.ts';
import { createS3Store } from './s3-store.ts';

const folder = makeTemporaryFolder('s3');
let server: FauxqsServer;
let api: RunningApi;
let owner: SignedIn;

beforeAll(async () => {
  server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  server.createBucket('attachments');
  writeFileSync(join(folder, 'access'), 'an-access-key\n');
  writeFileSync(join(folder, 'secret'), 'a-secret-key\n');
  api = await startApi({
    environment: {
      OBJECT_STORE: 's3',
      S3_ENDPOINT: `http://127.0.0.1:${server.port}`,
      S3_BUCKET: 'attachments',
      S3_ACCESS_KEY_FILE: join(folder, 'access'),
      S3_SECRET_KEY_FILE: join(folder, 'secret'),
    },
  });
  owner = await api.signIn('customer');
}, 120_000);

afterAll(async () => {
  await api.stop();
  await server.stop();
  removeTemporaryFolders();
});

function storeOf(bucket: string) {
  return createS3Store({
    kind: 's3',
    endpoint: `http://127.0.0.1:${server.port}`,
    region: 'us-east-1',
    ...{ bucket, accessKey: 'an-access-key', secretKey: 'a-secret-key' },
  });
}

test('stores a file in the bucket and returns it unchanged', async () => {
  const file = png(5 * 1_048_576);
  const { status, body } = await upload(api.base, owner, { file });
  expect(status).toBe(201);
  const answer = await download(api.base, owner, body.id);
  expect(answer.file.equals(file)).toBe(true);
  expect(answer.headers.get('content-type')).toBe('image/png');
});

test('answers 404 for an object missing from the bucket', async () => {
  const { body } = await upload(api.base, owner);
  await storeOf('attachments').remove(String(body.id));
  expect((await download(api.base, owner, body.id)).status).toBe(404);
});

test('fails completely if the bucket does not exist', async () => {
  const key = '11111111-1111-4111-8111-111111111111';
  const facts = { sizeBytes: 4, contentType: 'image/png' };
  await expect(
    storeOf('nowhere').put(key, Readable.from([Buffer.from('body')]), facts),
  ).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test('answers 503 while the store is unavailable, in both directions, and logs the cause', async () => {
  const { body } = await upload(api.base, owner);
  await server.stop();
  expect((await upload(api.base, owner, { file: png(1_000_000) })).status).toBe(503);
  const answer = await download(api.base, owner, body.id);
  expect(answer.status).toBe(503);
  expect(answer.file.toString()).not.toContain('ECONNREFUSED');
  expect(api.linesOf('attachment_upload_failed')).toMatchObject([
    { level: 'error', bucket: 'attachments' },
  ]);
  expect(api.linesOf('attachment_download_failed')).toHaveLength(1);
  const text = await api.telemetry.renderMetrics();
  expect(text).toContain('s3_upload_duration_seconds_count{result="error"} 1');
});
