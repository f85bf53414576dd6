import { readSecretFile } from '@watchkeeper/galley';
import type { EnvironmentReader } from '@watchkeeper/telemetry';

export interface FileStoreConfiguration {
  readonly kind: 'file';
  readonly folder: string;
}

/** A bucket of S3 or of a compatible server. */
export interface S3StoreConfiguration {
  readonly kind: 's3';
  /** Absent for Amazon's S3. */
  readonly endpoint: string | undefined;
  /** It must exist: the credentials should not allow creating buckets. */
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface AttachmentsConfiguration {
  readonly store: FileStoreConfiguration | S3StoreConfiguration;
  /** Per user. */
  readonly quotaBytes: number;
}

/** Reads `OBJECT_STORE`, `OBJECT_STORE_FOLDER`, `S3_*` and `ATTACHMENTS_QUOTA_MIB`. */
export function readAttachmentsConfiguration(reader: EnvironmentReader): AttachmentsConfiguration {
  const kind = reader.oneOf('OBJECT_STORE', ['file', 's3'] as const, 'file');
  const quota = reader.integer('ATTACHMENTS_QUOTA_MIB', { fallback: 100, min: 1, max: 100_000 });
  return {
    store: kind === 's3' ? readS3(reader) : readFolder(reader),
    quotaBytes: quota * 1_048_576,
  };
}

function readFolder(reader: EnvironmentReader): FileStoreConfiguration {
  return {
    kind: 'file',
    folder: reader.text('OBJECT_STORE_FOLDER', '/var/lib/galley/attachments'),
  };
}

function readS3(reader: EnvironmentReader): S3StoreConfiguration {
  const isElsewhere = reader.optionalText('S3_ENDPOINT') !== undefined;
  return {
    kind: 's3',
    endpoint: isElsewhere ? reader.url('S3_ENDPOINT') : undefined,
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
