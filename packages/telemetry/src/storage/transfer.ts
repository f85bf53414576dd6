import { finished, Readable } from 'node:stream';
import { isNativeError } from 'node:util/types';
import { type Span, SpanKind } from '@opentelemetry/api';
import { elapsedMs } from '../operations/outcome.ts';
import { failSpan, startSpan, withSpan } from '../operations/span.ts';
import { sampledTraceId } from '../request-context.ts';
import type { Telemetry } from '../telemetry.ts';

/** The key is an identifier, so it goes to spans and lines, never to a label. */
interface StoredObject {
  readonly bucket: string;
  readonly key: string;
}

export interface TransferMeter {
  upload<T>(object: StoredObject, run: () => Promise<T>): Promise<T>;
  download<T>(object: StoredObject, run: () => Promise<T>): Promise<T>;
}

interface Direction {
  readonly spanName: string;
  readonly observe: (seconds: number, result: Result, traceId: string | undefined) => void;
  readonly report: (fields: object) => void;
}

type Result = 'success' | 'not_found' | 'error';

export function createTransferMeter({ metrics, logger }: Telemetry): TransferMeter {
  const uploads = metrics.histogram('s3_upload_duration_seconds');
  const downloads = metrics.histogram('s3_download_duration_seconds');
  // Initialized, so that the first failure is seen as an increase.
  for (const transfers of [uploads, downloads]) transfers.series({ result: 'error' });
  const upload: Direction = {
    spanName: 'put object',
    observe: (seconds, result, traceId) => uploads.observe(seconds, { result }, traceId),
    report: (fields) =>
      logger.error({ event: 'attachment_upload_failed', ...fields }, 'attachment upload failed'),
  };
  const download: Direction = {
    spanName: 'get object',
    observe: (seconds, result, traceId) => downloads.observe(seconds, { result }, traceId),
    report: (fields) =>
      logger.error(
        { event: 'attachment_download_failed', ...fields },
        'attachment download failed',
      ),
  };
  return {
    upload: (object, run) => meterTransfer(upload, object, run),
    download: (object, run) => meterTransfer(download, object, run),
  };
}

async function meterTransfer<T>(
  direction: Direction,
  object: StoredObject,
  run: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  const attributes = { 'aws.s3.bucket': object.bucket, 'aws.s3.key': object.key };
  const span = startSpan({ name: direction.spanName, kind: SpanKind.CLIENT, attributes });
  const end = (error?: unknown) => {
    // The stream of a download ends outside this call, and the line belongs to the span.
    withSpan(span, () => endTransfer(direction, { object, startedAt, span, error }));
  };
  try {
    const answer = await withSpan(span, run);
    const stream = streamOf(answer);
    if (stream === undefined) end();
    else finished(stream, { writable: false }, (error) => end(error ?? undefined));
    return answer;
  } catch (error) {
    end(error);
    throw error;
  }
}

function endTransfer(
  { observe, report }: Direction,
  transfer: { object: StoredObject; startedAt: number; span: Span; error: unknown },
): void {
  const { object, startedAt, span, error } = transfer;
  const durationMs = elapsedMs(startedAt);
  const result = resultOf(error);
  observe(durationMs / 1_000, result, sampledTraceId(span));
  if (result === 'error') {
    failSpan(span, error);
    const { bucket, key } = object;
    report({ bucket, object_key: key, duration_ms: durationMs, err: error });
  }
  span.end();
}

/** An absent object is an answer, not a failure of the store. */
function resultOf(error: unknown): Result {
  if (error === undefined) return 'success';
  if (!isNativeError(error)) return 'error';
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  const isAbsent =
    ['NoSuchKey', 'NotFound'].includes(error.name) ||
    code === 'ENOENT' ||
    $metadata?.httpStatusCode === 404;
  return isAbsent ? 'not_found' : 'error';
}

function streamOf(answer: unknown): Readable | undefined {
  if (answer instanceof Readable) return answer;
  if (typeof answer !== 'object' || answer === null) return undefined;
  return 'Body' in answer && answer.Body instanceof Readable ? answer.Body : undefined;
}
