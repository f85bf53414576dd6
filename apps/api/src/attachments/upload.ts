import { createHash, randomUUID } from 'node:crypto';
import { Transform } from 'node:stream';
import { notFound, validate } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError, type Telemetry } from '@watchkeeper/telemetry';
import type { Request, RequestHandler } from 'express';
import type { Pool } from 'pg';
import { type Viewer, viewerOf } from '../staff/viewer.ts';
import type { AttachmentStore } from './attachment-store.ts';
import {
  type AttachmentType,
  attachmentTypeOf,
  attachmentTypes,
  isOfType,
  signatureBytes,
} from './content-type.ts';
import { peek } from './peek.ts';
import { maxSizeBytes, uploadHeaders, uploadQuery } from './schema.ts';
import { type Attachment, insertAttachment, mayReadOrder, sizeOfAttachments } from './store.ts';

interface UploadDependencies {
  readonly pool: Pool;
  readonly store: AttachmentStore;
  readonly telemetry: Telemetry;
  readonly quotaBytes: number;
}

export function uploadHandler(dependencies: UploadDependencies): RequestHandler {
  const { pool, store, telemetry } = dependencies;
  return async (request, response) => {
    const startedAt = performance.now();
    const contentType = typeOf(request);
    const sizeBytes = sizeOf(request);
    const { 'x-file-name': fileName } = validate(uploadHeaders, request.headers, 'headers');
    const { orderId = null } = validate(uploadQuery, request.query, 'query');
    const viewer = viewerOf(response);
    await assertAllowed(dependencies, viewer, { orderId, sizeBytes });
    const wanted = { ownerId: viewer.userId, orderId, fileName, contentType, sizeBytes };
    await assertSignature(request, contentType);
    const attachment = await storeBody(store, request, wanted);
    await insertAttachment(pool, attachment).catch(async (error) => {
      await store.remove(attachment.id).catch(() => {
        // The object is unreachable; the error below has the cause.
      });
      throw error;
    });
    const { id } = attachment;
    const duration = Math.round(performance.now() - startedAt);
    const fields = { attachment_id: id, content_type: contentType, size_bytes: sizeBytes };
    telemetry.logger.info(
      { event: 'attachment_upload_completed', ...fields, duration_ms: duration },
      'attachment uploaded',
    );
    response.status(201).location(`/api/v1/attachments/${id}`);
    response.json({ id, size: sizeBytes, contentType });
  };
}

function typeOf({ headers }: Request): AttachmentType {
  const type = attachmentTypeOf(headers['content-type']);
  if (type !== undefined) return type;
  throw new HttpError(415, `Expected the type to be one of \`${attachmentTypes.join('`, `')}\`.`, {
    code: 'attachment_type_refused',
  });
}

/** Required before the first byte: stores need it, and too large a file is refused unread. */
function sizeOf({ headers }: Request): number {
  const text = headers['content-length'];
  if (text === undefined) {
    throw new HttpError(411, 'Expected the header `Content-Length`.', {
      code: 'attachment_size_missing',
    });
  }
  const size = Number(text);
  if (size <= maxSizeBytes) return size;
  throw new HttpError(413, `Expected at most ${maxSizeBytes} bytes, got ${size}.`, {
    code: 'attachment_too_large',
  });
}

async function assertAllowed(
  { pool, quotaBytes }: UploadDependencies,
  viewer: Viewer,
  { orderId, sizeBytes }: { orderId: string | null; sizeBytes: number },
): Promise<void> {
  if (orderId !== null && !(await mayReadOrder(pool, viewer, orderId))) {
    throw notFound('order', orderId);
  }
  if ((await sizeOfAttachments(pool, viewer.userId)) + sizeBytes > quotaBytes) {
    const message = 'The quota for attachments is used up.';
    throw new BusinessRuleError('ATTACHMENT_QUOTA_REACHED', message, { quotaBytes });
  }
}

/** Checked before storing, so that the store never holds a forbidden file. */
async function assertSignature(request: Request, type: AttachmentType): Promise<void> {
  const head = await peek(request, signatureBytes).catch(interrupted);
  if (isOfType(type, head)) return;
  // Unread bytes would keep the connection from being reused.
  request.resume();
  throw new HttpError(415, `Expected a file of the type \`${type}\`.`, {
    code: 'attachment_type_wrong',
  });
}

async function storeBody(
  store: AttachmentStore,
  request: Request,
  wanted: Omit<Attachment, 'id' | 'sha256'>,
): Promise<Attachment> {
  const id = randomUUID();
  const { body, isAbandoned, digest } = readBody(request);
  const { contentType, sizeBytes } = wanted;
  try {
    const outcome = await store.put(id, body, { contentType, sizeBytes, isAbandoned });
    if (outcome === 'stored') return { ...wanted, id, sha256: digest() };
  } catch (error) {
    request.unpipe(body).resume();
    throw unavailable(error);
  }
  return interrupted();
}

/** Hashes the body as it passes. A failing store destroys the body, never the request. */
function readBody(request: Request) {
  const hash = createHash('sha256');
  const body = new Transform({
    transform(part: Buffer, _encoding, done) {
      hash.update(part);
      done(null, part);
    },
  });
  const isAbandoned = () => request.destroyed && !request.complete;
  const abandon = () => {
    // Without an error: the store has not failed.
    if (isAbandoned()) body.destroy();
  };
  body.on('error', () => {
    // The reader gets it too; without a listener an early error would end the process.
  });
  request.once('close', abandon).pipe(body);
  abandon();
  return { body, isAbandoned, digest: () => hash.digest() };
}

/** Nobody reads it, but the request needs a result. */
function interrupted(): never {
  throw new HttpError(400, 'The upload was interrupted.', { code: 'attachment_broken_off' });
}

/** The caller may retry; the cause is in the log. */
export function unavailable(error: unknown): HttpError {
  return new HttpError(503, 'The attachments are not available.', {
    code: 'attachment_store_unavailable',
    cause: error,
  });
}
