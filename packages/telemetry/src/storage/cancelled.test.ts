import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, expect, test } from '@jest/globals';
import { listenOnFreePort } from '@watchkeeper/testing/server';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { eventually } from '@watchkeeper/testing/waiting';
import { instrumentObjectStore, instrumentS3Client } from '../index.ts';
import { useTracedTelemetry } from '../testing/traced-telemetry.ts';

const traced = useTracedTelemetry();
const { spans } = traced;

afterAll(removeTemporaryFolders);

/** A body that goes on until its reader has had enough. */
const endless = () => new Readable({ read: () => {}, highWaterMark: 1 });

function startBody(): Readable {
  const body = endless();
  body.push('first');
  return body;
}

async function expectResult(way: 'upload' | 'download', result: string): Promise<void> {
  await eventually(async () => {
    const metrics = await traced.service.telemetry.renderMetrics();
    expect(metrics).toContain(`s3_${way}_duration_seconds_count{result="${result}"} 1\n`);
  });
  const isError = result === 'error';
  expect(traced.service.linesOf(`attachment_${way}_failed`)).toHaveLength(isError ? 1 : 0);
  const [span, ...others] = spans.all();
  expect(others).toEqual([]);
  expect(span?.attributes['error.type'] === undefined).toBe(!isError);
}

class GetObjectCommand {
  readonly input = { Bucket: 'attachments', Key: 'menu.pdf' };
}

async function download(body = startBody()): Promise<Readable> {
  const client = { send: async (_: GetObjectCommand, _options?: object) => ({ Body: body }) };
  instrumentS3Client(client, traced.service.telemetry);
  return (await client.send(new GetObjectCommand())).Body;
}

test.each(['signal', 'abortSignal'])(
  'takes a call whose %s was aborted for cancelled',
  async (name) => {
    const controller = new AbortController();
    const send = (_: GetObjectCommand, _options: object): Promise<unknown> =>
      Promise.reject(controller.signal.reason);
    const client = instrumentS3Client({ send }, traced.service.telemetry);
    controller.abort(new Error('The customer has left.'));
    const asked = client.send(new GetObjectCommand(), { [name]: controller.signal });
    await expect(asked).rejects.toThrow('The customer has left.');
    await expectResult('download', 'cancelled');
  },
);

const readersThatLeave: Record<string, (body: Readable) => Promise<unknown> | unknown> = {
  'breaks out of its loop': async (body) => {
    for await (const _ of body) break;
  },
  'throws in its loop': async (body) => {
    const loop = async () => {
      for await (const _ of body) throw new RangeError('enough');
    };
    await expect(loop()).rejects.toThrow('enough');
  },
  'destroys the body': (body) => body.destroy(),
  'closes where it is piped to': (body) => {
    const target = body.pipe(new PassThrough());
    target.on('data', () => target.destroy());
  },
  'closes the end of a pipeline': async (body) => {
    const target = new PassThrough();
    target.on('data', () => target.destroy());
    await pipeline(body, target).catch(() => {});
  },
  'aborts a pipeline': async (body) => {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    await pipeline(body, new PassThrough(), { signal: controller.signal }).catch(() => {});
  },
};

test.each(Object.keys(readersThatLeave))('takes a reader who %s for cancelled', async (name) => {
  await readersThatLeave[name]?.(await download());
  await expectResult('download', 'cancelled');
});

test.each(['pipe', 'pipeline'])(
  'takes a caller who hangs up on a %s for cancelled',
  async (way) => {
    const body = await download();
    const server = createServer((_, response) => {
      if (way === 'pipe') body.pipe(response);
      else pipeline(body, response).catch(() => {});
    });
    const port = await listenOnFreePort(server);
    const asked = httpRequest({ port, host: '127.0.0.1' }).end();
    asked.on('error', () => {});
    const [response] = await once(asked, 'response');
    await once(response, 'data');
    asked.destroy();
    await expectResult('download', 'cancelled');
    server.close();
  },
);

test('takes an aborted GET for cancelled, and one that timed out for a failure', async () => {
  const store = {
    put: async () => {},
    get: (_key: string, { signal }: { signal: AbortSignal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  instrumentObjectStore(store, traced.service.telemetry, { bucket: 'a' });
  const getting = store.get('a', { signal: AbortSignal.timeout(5) });
  await expect(getting).rejects.toThrow('timeout');
  await expectResult('download', 'error');
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  await expect(store.get('a', controller)).rejects.toThrow('aborted');
  expect(await traced.service.telemetry.renderMetrics()).toContain('count{result="cancelled"} 1\n');
});

test('still takes a body that breaks off for a failure of the store, piped or not', async () => {
  const body = await download();
  setImmediate(() => body.destroy(new Error('read ECONNRESET')));
  await expect(text(body)).rejects.toThrow('ECONNRESET');
  await expectResult('download', 'error');
});

test('measures a body that is piped to its end as a success', async () => {
  const body = await download(Readable.from([Buffer.from('a'), Buffer.from('b')]));
  expect(await text(body.pipe(new PassThrough()))).toBe('ab');
  await expectResult('download', 'success');
});

function folderStore() {
  const folder = makeTemporaryFolder('object-store');
  const store = {
    put: (key: string, body: Readable) => pipeline(body, createWriteStream(join(folder, key))),
    get: async () => {},
  };
  return instrumentObjectStore(store, traced.service.telemetry, { bucket: 'attachments' });
}

test('takes a PUT whose caller hangs up for cancelled', async () => {
  const store = folderStore();
  const put = Promise.withResolvers<void>();
  const server = createServer((request) => {
    store.put('menu.pdf', request).then(put.resolve, put.reject);
  });
  const port = await listenOnFreePort(server);
  const sent = httpRequest({ port, host: '127.0.0.1', method: 'PUT' });
  sent.on('error', () => {});
  sent.write('first');
  setTimeout(() => sent.destroy(), 50);
  await expect(put.promise).rejects.toThrow();
  await expectResult('upload', 'cancelled');
  server.close();
});

const sources: [string, (body: Readable) => void, string][] = [
  ['is destroyed', (body) => body.destroy(), 'cancelled'],
  ['is aborted', (body) => body.destroy(new DOMException('away', 'AbortError')), 'cancelled'],
  ['fails by itself', (body) => body.destroy(new Error('decoding failed')), 'error'],
];

test.each(sources)('records a PUT whose source %s', async (_, leave, result) => {
  const body = startBody();
  setImmediate(() => leave(body));
  await expect(folderStore().put('menu.pdf', body)).rejects.toThrow();
  await expectResult('upload', result);
});

test('takes a store that fails to write for a failure', async () => {
  await expect(folderStore().put('no/such/folder', startBody())).rejects.toThrow('ENOENT');
  await expect(folderStore().put('a', Readable.from(['a']))).resolves.toBeUndefined();
  const metrics = await traced.service.telemetry.renderMetrics();
  expect(metrics).not.toContain('s3_upload_duration_seconds_count{result="cancelled"}');
});
