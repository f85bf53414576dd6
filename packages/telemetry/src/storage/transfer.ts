import { finished, Readable } from 'node:stream';
import { type Span, SpanKind } from '@opentelemetry/api';
import type { Logger } from '../logging/logger.ts';
import { callerLeft, elapsedMs, isCancelled, isError, isTimeout } from '../operations/outcome.ts';
import { failSpan, startSpan, withSpan } from '../operations/span.ts';
import { sampledTraceId } from '../request-context.ts';
import type { Telemetry } from '../telemetry.ts';

/** The key is an identifier, so it goes to spans and lines, never to a label. */
interface StoredObject {
  readonly bucket: string;
  readonly key: string;
}

type Result = 'success' | 'not_found' | 'cancelled' | 'error';

const directions = {
  upload: {
    spanName: 'put object',
    histogram: 's3_upload_duration_seconds',
    report: (logger: Logger, fields: object) =>
      logger.error({ event: 'attachment_upload_failed', ...fields }, 'attachment upload failed'),
  },
  download: {
    spanName: 'get object',
    histogram: 's3_download_duration_seconds',
    report: (logger: Logger, fields: object) =>
      logger.error(
        { event: 'attachment_download_failed', ...fields },
        'attachment download failed',
      ),
  },
} as const;

export type Direction = keyof typeof directions;

/** Returns a function that meters the uploads or downloads which `run` makes. */
export function createTransferMeter({ metrics, logger }: Telemetry, direction: Direction) {
  const { spanName, histogram, report } = directions[direction];
  const duration = metrics.histogram(histogram);
  // Initialized, so that the first failure is seen as an increase.
  duration.series({ result: 'error' });

  function endTransfer(object: StoredObject, startedAt: number, span: Span, error: unknown): void {
    const durationMs = elapsedMs(startedAt);
    const result = resultOf(error);
    duration.observe(durationMs / 1_000, { result }, sampledTraceId(span));
    if (result === 'error') {
      failSpan(span, error);
      const { bucket, key } = object;
      report(logger, { bucket, object_key: key, duration_ms: durationMs, err: error });
    }
    span.end();
  }

  return async <T>(
    object: StoredObject,
    run: () => Promise<T>,
    sources: readonly unknown[] = [],
  ): Promise<T> => {
    const startedAt = performance.now();
    const attributes = { 'aws.s3.bucket': object.bucket, 'aws.s3.key': object.key };
    const span = startSpan({ name: spanName, kind: SpanKind.CLIENT, attributes });
    let isEnded = false;
    const end = (error?: unknown) => {
      if (isEnded) return;
      isEnded = true;
      // The stream of a download ends outside this call, and the line belongs to the span.
      withSpan(span, () => endTransfer(object, startedAt, span, error));
    };
    try {
      const answer = await withSpan(span, run);
      const stream = streamOf(answer);
      if (stream === undefined) end();
      else endWithStream(stream, end);
      return answer;
    } catch (error) {
      end(sources.some((source) => isAborted(source) || isLeft(source)) ? callerLeft() : error);
      throw error;
    }
  };
}

/** The reader leaves by destroying the stream, or by closing where it is piped to. */
function endWithStream(stream: Readable, end: (error?: unknown) => void): void {
  finished(stream, { writable: false }, (error) => end(isPremature(error) ? callerLeft() : error));
  const pipe = stream.pipe.bind(stream);
  stream.pipe = (target, options) => {
    // A stream that nobody reads any more neither ends nor fails.
    target.once('close', () => stream.readableEnded || end(callerLeft()));
    return pipe(target, options);
  };
}

/** Of a stream that was destroyed without an error. */
function isPremature(error: unknown): boolean {
  return isError(error) && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** The caller aborted by its own signal, whatever the reason it gave; a timeout is none of its own. */
function isAborted(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return false;
  const { signal, abortSignal = signal } = options as Record<string, AbortSignal | undefined>;
  return abortSignal?.aborted === true && !isTimeout(abortSignal.reason);
}

/** Whether what is uploaded broke off by itself; a store that fails destroys it with its own error. */
function isLeft(source: unknown): boolean {
  if (!(source instanceof Readable) || !source.destroyed || source.readableEnded) return false;
  const { errored } = source;
  // Node's error of a request whose sender disconnected.
  const hasHungUp = errored?.message === 'aborted' && 'code' in errored;
  return errored === null || hasHungUp || isPremature(errored) || isCancelled(errored);
}

/** An absent object is an answer, not a failure of the store. */
function resultOf(error: unknown): Result {
  if (error === undefined || error === null) return 'success';
  if (isCancelled(error)) return 'cancelled';
  if (!isError(error)) return 'error';
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
