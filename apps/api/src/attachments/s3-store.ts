import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3StoreConfiguration } from './config.ts';
import type { ObjectStore } from './object-store.ts';

/** Stores objects in a bucket of S3 or of a compatible server. */
export function createS3Store(configuration: S3StoreConfiguration): ObjectStore {
  const { bucket } = configuration;
  const client = createClient(configuration);
  return {
    async put(key, body, { sizeBytes, contentType }) {
      const object = { Bucket: bucket, Key: key, Body: body };
      const facts = { ContentLength: sizeBytes, ContentType: contentType };
      await client.send(new PutObjectCommand({ ...object, ...facts }));
    },
    async get(key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body as Readable;
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    close: () => client.destroy(),
  };
}

function createClient({ endpoint, region, accessKey, secretKey }: S3StoreConfiguration): S3Client {
  return new S3Client({
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    // Other servers rarely have a host name per bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    // Some compatible servers store checksums in trailers as part of the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 2,
    // It would log to the console; the library logs every failure.
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    },
  });
}
