import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { eventually } from '@watchkeeper/testing/waiting';
import { instrumentObjectStore, instrumentS3Client } from '../index.ts';
import { useTracedTelemetry } from '../testing/traced-telemetry.ts';

const traced = useTracedTelemetry();
const { spans } = traced;

afterAll(removeTemporaryFolders);

/** A real object store, in a folder. */
function folderStore() {
  const folder = makeTemporaryFolder('object-store');
  const store = {
    put: (key: string, content: string) => writeFile(join(folder, key), content),
    get: (key: string) => readFile(join(folder, key), 'utf8'),
  };
  return instrumentObjectStore(store, traced.service.telemetry, { bucket: 'attachments' });
}

const metricLines = async () => (await traced.service.telemetry.renderMetrics()).split('\n');

test('measures uploads and downloads and gives each a span', async () => {
  const store = folderStore();
  // There before the first failure, which is then seen as an increase.
  for (const way of ['upload', 'download']) {
    expect(await metricLines()).toContain(`s3_${way}_duration_seconds_count{result="error"} 0`);
  }
  await store.put('menu.pdf', 'content');
  expect(await store.get('menu.pdf')).toBe('content');
  const lines = await metricLines();
  expect(lines).toContain('s3_upload_duration_seconds_count{result="success"} 1');
  expect(lines).toContain('s3_download_duration_seconds_count{result="success"} 1');
  expect(spans.all().map(({ name }) => name)).toEqual(['put object', 'get object']);
  expect(spans.all()[0]?.attributes).toMatchObject({
    'aws.s3.bucket': 'attachments',
    'aws.s3.key': 'menu.pdf',
  });
});

test('records a failed upload on its metric, span and line alike', async () => {
  const store = folderStore();
  await expect(store.put('menu\0.pdf', 'content')).rejects.toThrow('null bytes');
  expect(await metricLines()).toContain('s3_upload_duration_seconds_count{result="error"} 1');
  const [span] = spans.named('put object');
  expect(span?.attributes['error.type']).toBe('TypeError');
  expect(traced.service.linesOf('attachment_upload_failed')).toEqual([
    expect.objectContaining({
      level: 'error',
      bucket: 'attachments',
      trace_id: span?.spanContext().traceId,
      err: expect.objectContaining({ type: 'TypeError' }),
    }),
  ]);
});

test('takes an absent object for an answer, not for a failure', async () => {
  const store = folderStore();
  await expect(store.get('absent')).rejects.toThrow('ENOENT');
  expect(await metricLines()).toContain('s3_download_duration_seconds_count{result="not_found"} 1');
  expect(traced.service.lines).toEqual([]);
});

class GetObjectCommand {
  readonly input = { Bucket: 'attachments', Key: 'menu.pdf' };
}
class ListObjectsCommand {}

test('measures a download that answers a stream until its last byte', async () => {
  const client = {
    send: async (_command: GetObjectCommand | ListObjectsCommand) => ({
      Body: Readable.from([Buffer.from('a'), Buffer.from('b')]),
    }),
  };
  expect(instrumentS3Client(client, traced.service.telemetry)).toBe(client);
  await client.send(new ListObjectsCommand());
  const answer = await client.send(new GetObjectCommand());
  expect(spans.all()).toHaveLength(0);
  expect(await text(answer.Body)).toBe('ab');
  await eventually(() => expect(spans.named('get object')).toHaveLength(1));
  expect(spans.all()).toHaveLength(1);
  expect(await metricLines()).toContain('s3_download_duration_seconds_count{result="success"} 1');
});

test('records a download that breaks off', async () => {
  const body = Readable.from(
    (async function* () {
      yield 'a';
      throw new Error('connection reset');
    })(),
  );
  const client = { send: async (_command: GetObjectCommand) => ({ Body: body }) };
  instrumentS3Client(client, traced.service.telemetry);
  const answer = await client.send(new GetObjectCommand());
  await expect(text(answer.Body)).rejects.toThrow('connection reset');
  await eventually(async () =>
    expect(await metricLines()).toContain('s3_download_duration_seconds_count{result="error"} 1'),
  );
  expect(traced.service.linesOf('attachment_download_failed')).toHaveLength(1);
});
