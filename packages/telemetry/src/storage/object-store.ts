import type { AnyFunction } from '../database/call-context.ts';
import { isFirstWrapping } from '../operations/metered.ts';
import type { Telemetry } from '../telemetry.ts';
import { createTransferMeter, type Direction } from './transfer.ts';

/** The part of an object store that is metered: both take the object's key first. */
interface MeterableObjectStore {
  put(key: string, ...rest: never[]): Promise<unknown>;
  get(key: string, ...rest: never[]): Promise<unknown>;
}

/** The part of an `S3Client` of `@aws-sdk/client-s3` that is metered. */
interface MeterableS3Client {
  send(command: never, ...rest: never[]): unknown;
}

type AsyncFunction = (...callArguments: unknown[]) => Promise<unknown>;

/**
 * Meters an object store with `put` and `get`: durations by outcome, a span and a line for each
 * failure. A download that answers a stream ends with the stream. A caller who leaves is `cancelled`.
 * @returns the same store
 */
export function instrumentObjectStore<S extends MeterableObjectStore>(
  store: S,
  telemetry: Telemetry,
  { bucket }: { readonly bucket: string },
): S {
  if (!isFirstWrapping(telemetry, store)) return store;
  const upload = createTransferMeter(telemetry, 'upload');
  const download = createTransferMeter(telemetry, 'download');
  const put = store.put.bind(store) as AsyncFunction;
  const get = store.get.bind(store) as AsyncFunction;
  const meteredPut: AsyncFunction = (key, ...rest) =>
    upload({ bucket, key: String(key) }, () => put(key, ...rest), rest);
  const meteredGet: AsyncFunction = (key, ...rest) =>
    download({ bucket, key: String(key) }, () => get(key, ...rest), rest);
  store.put = meteredPut as S['put'];
  store.get = meteredGet as S['get'];
  return store;
}

// Commands are distinguished by the names of their classes, so that the SDK need not be loaded.
const directionByCommand: Readonly<Record<string, Direction>> = {
  PutObjectCommand: 'upload',
  UploadPartCommand: 'upload',
  GetObjectCommand: 'download',
};

/**
 * Meters the uploads and downloads of an `S3Client`; its other commands pass unchanged, and so
 * does every command given a callback.
 * @returns the same client
 */
export function instrumentS3Client<C extends MeterableS3Client>(
  client: C,
  telemetry: Telemetry,
): C {
  if (!isFirstWrapping(telemetry, client)) return client;
  const meters = {
    upload: createTransferMeter(telemetry, 'upload'),
    download: createTransferMeter(telemetry, 'download'),
  };
  const send = client.send.bind(client) as AnyFunction;
  const metered: AnyFunction = (command, ...rest) => {
    const { input } = command as { input?: unknown };
    const direction = directionByCommand[(command as object).constructor.name];
    if (direction === undefined || typeof rest.at(-1) === 'function') return send(command, ...rest);
    const { Bucket = '', Key = '', Body } = (input ?? {}) as Record<string, string | undefined>;
    const object = { bucket: Bucket, key: Key };
    return meters[direction](object, async () => send(command, ...rest), [Body, ...rest]);
  };
  client.send = metered as C['send'];
  return client;
}
