import { readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { download, png, upload } from '../testing/files.ts';
import { type RunningApi, type SignedIn, startApi } from '../testing/running-api.ts';
import { createFileStore } from './file-store.ts';

const folder = makeTemporaryFolder('attachments');
let api: RunningApi;
let owner: SignedIn;

beforeAll(async () => {
  api = await startApi({
    environment: { OBJECT_STORE_FOLDER: folder, ATTACHMENTS_QUOTA_MIB: '12' },
  });
  owner = await api.signIn('customer');
}, 120_000);

afterAll(async () => {
  await api.stop();
  removeTemporaryFolders();
});

function filesOnDisk(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

async function placeOrder(customer: SignedIn): Promise<string> {
  const { rows } = await api.pool.query<{ id: string }>(
    `INSERT INTO orders.orders
       (customer_id, restaurant_id, total_cents, idempotency_key, request_digest)
     VALUES ($1, gen_random_uuid(), 100, 'a key', 'none') RETURNING id`,
    [customer.userId],
  );
  return String(rows[0]?.id);
}

test('returns the stored file, and prevents browsers from running it', async () => {
  const file = png(300_000);
  const { status, body } = await upload(api.base, owner, { file, name: 'r%C3%A9%20(1).png' });
  expect(status).toBe(201);
  expect(body).toEqual({ id: expect.any(String), size: 300_000, contentType: 'image/png' });
  const answer = await download(api.base, owner, body.id);
  expect(answer.file.equals(file)).toBe(true);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': "attachment; filename*=UTF-8''r%C3%A9%20%281%29.png",
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
    'cache-control': 'private, max-age=86400, immutable',
  });
  const known = { 'if-none-match': answer.headers.get('etag') ?? '', 'cache-control': 'max-age=0' };
  const headers = { ...owner.headers, ...known };
  const again = await fetch(`${api.base}/api/v1/attachments/${body.id}`, { headers });
  expect(again.status).toBe(304);
  const text = await api.telemetry.renderMetrics();
  expect(text).toContain('s3_upload_duration_seconds_count{result="success"} 1');
  expect(text).toContain('s3_download_duration_seconds_count{result="success"} 1');
});

const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(20)]);
const webp = Buffer.from('RIFF\u0000\u0000\u0000\u0000WEBPVP8 ');
const pdf = Buffer.from('%PDF-1.7 and so on');

test.each([
  ['image/jpeg', jpeg, 201],
  ['image/webp', webp, 201],
  ['application/pdf', pdf, 201],
  ['application/pdf; charset=binary', pdf, 201],
  ['image/png', jpeg, 415],
  ['image/png', Buffer.from('<script>'), 415],
  ['image/svg+xml', Buffer.from('<svg></svg> and more'), 415],
  ['text/html', png(), 415],
  ['image/png', png(5 * 1_048_576 + 1), 413],
])('answers a file of type %s as its bytes deserve', async (type, file, status) => {
  const before = filesOnDisk().length;
  expect((await upload(api.base, owner, { type, file })).status).toBe(status);
  expect(filesOnDisk()).toHaveLength(before + (status === 201 ? 1 : 0));
});

test.each(['..%2F..%2Fetc%2Fpasswd', 'a%00b', '%E0%A4', 'c:\\boot.ini', '%E2%80%AEgnp.exe'])(
  'refuses the file name %s',
  async (name) => expect((await upload(api.base, owner, { name })).status).toBe(400),
);

test('never lets a key leave the folder', async () => {
  await expect(createFileStore(folder).get('../../etc/passwd')).rejects.toThrow(
    'Expected the key to be a UUID, got `../../etc/passwd`.',
  );
});

test("shows a file only to its owner and the order's participants", async () => {
  const [customer, courier, stranger] = await Promise.all([
    api.signIn('customer'),
    api.signIn('courier'),
    api.signIn('customer'),
  ]);
  const orderId = await placeOrder(customer);
  const query = `?orderId=${orderId}`;
  expect((await upload(api.base, stranger, { query })).status).toBe(404);
  const { body } = await upload(api.base, customer, { query });
  const alone = await upload(api.base, customer);
  expect((await download(api.base, courier, body.id)).status).toBe(404);
  await api.pool.query('UPDATE orders.orders SET courier_id = $2 WHERE id = $1', [
    orderId,
    courier.userId,
  ]);
  expect((await download(api.base, courier, body.id)).status).toBe(200);
  expect((await download(api.base, courier, alone.body.id)).status).toBe(404);
  expect((await download(api.base, stranger, body.id)).status).toBe(404);
});

test('enforces the quota of a user', async () => {
  const user = await api.signIn('customer');
  const file = png(5 * 1_048_576);
  expect((await upload(api.base, user, { file })).status).toBe(201);
  expect((await upload(api.base, user, { file })).status).toBe(201);
  const { status, body } = await upload(api.base, user, { file });
  expect(status).toBe(409);
  expect(body.details).toMatchObject({ ruleViolated: 'ATTACHMENT_QUOTA_REACHED' });
});

test('keeps nothing of an interrupted upload, and counts no failure', async () => {
  const before = filesOnDisk().length;
  const length = { 'content-type': 'image/png', 'content-length': '500000' };
  const broken = request(`${api.base}/api/v1/attachments`, {
    method: 'POST',
    headers: { ...owner.headers, ...length },
  });
  broken.on('error', () => {});
  broken.write(png(100_000));
  await waitUntil(() => filesOnDisk().length !== before);
  broken.destroy();
  await waitUntil(() => filesOnDisk().length <= before);
  expect(api.linesOf('attachment_upload_failed')).toEqual([]);
  expect(await api.telemetry.renderMetrics()).toContain(
    's3_upload_duration_seconds_count{result="error"} 0',
  );
});

test('answers 404 for a file missing from the store', async () => {
  const { body } = await upload(api.base, owner);
  rmSync(join(folder, String(body.id).slice(0, 2), String(body.id)));
  expect((await download(api.base, owner, body.id)).status).toBe(404);
  expect(await api.telemetry.renderMetrics()).toContain(
    's3_download_duration_seconds_count{result="not_found"} 1',
  );
});
