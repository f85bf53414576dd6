import { type EnvironmentReader, readSecretFile } from '@watchkeeper/telemetry';

export type AttachmentsConfiguration = Readonly<ReturnType<typeof readAttachmentsConfiguration>>;
export type S3StoreConfiguration = ReturnType<typeof readS3>;

/** Reads `OBJECT_STORE`, `OBJECT_STORE_FOLDER`, `S3_*` and `ATTACHMENTS_QUOTA_MIB`. */
export function readAttachmentsConfiguration(reader: EnvironmentReader) {
  const kind = reader.oneOf('OBJECT_STORE', ['file', 's3'] as const, 'file');
  const folder = reader.text('OBJECT_STORE_FOLDER', '/var/lib/galley/attachments');
  const quota = reader.integer('ATTACHMENTS_QUOTA_MIB', { fallback: 100, min: 1, max: 100_000 });
  return {
    store: kind === 's3' ? readS3(reader) : ({ kind, folder } as const),
    /** The limit for each user. */
    quotaBytes: quota * 1_048_576,
  };
}

function readS3(reader: EnvironmentReader) {
  const isAmazon = reader.optionalText('S3_ENDPOINT') === undefined;
  return {
    kind: 's3' as const,
    endpoint: isAmazon ? undefined : reader.url('S3_ENDPOINT'),
    /** It must exist: the credentials should not allow creating buckets. */
    bucket: reader.text('S3_BUCKET'),
    region: reader.text('S3_REGION', 'us-east-1'),
    accessKey: readKey(reader, 'S3_ACCESS_KEY_FILE'),
    secretKey: readKey(reader, 'S3_SECRET_KEY_FILE'),
  };
}

function readKey(reader: EnvironmentReader, variable: string): string {
  const file = reader.text(variable);
  return file === '' ? '' : readSecretFile(variable, file);
}
