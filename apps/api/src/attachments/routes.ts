import { isNativeError } from 'node:util/types';
import { type Faults, idOf, notFound, orNotFound } from '@watchkeeper/galley';
import { type RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { RouteContext } from '../context.ts';
import { viewerOf } from '../staff/viewer.ts';
import { type AttachmentStore, openAttachmentStore } from './attachment-store.ts';
import type { AttachmentsConfiguration } from './config.ts';
import { findAttachment, mayReadOrder } from './store.ts';
import type { objectStoreFaults } from './store-fault.ts';
import { unavailable, uploadHandler } from './upload.ts';

/** `/api/v1/attachments`: files, visible to their owner and the order's participants. */
export function attachmentRoutes(
  { pool, telemetry, signedIn }: RouteContext,
  configuration: AttachmentsConfiguration,
  faults: Faults<typeof objectStoreFaults>,
): Router {
  const store = openAttachmentStore(configuration, telemetry, faults);
  const { quotaBytes } = configuration;
  const router = Router();
  router.post('/', ...signedIn, uploadHandler({ pool, store, telemetry, quotaBytes }));
  router.get('/:id', ...signedIn, downloadHandler(pool, store));
  return router;
}

function downloadHandler(pool: Pool, store: AttachmentStore): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    const viewer = viewerOf(response);
    const attachment = orNotFound(await findAttachment(pool, id), 'attachment', id);
    const { ownerId, orderId, contentType, sizeBytes, fileName, sha256 } = attachment;
    const isShared = orderId !== null && (await mayReadOrder(pool, viewer, orderId));
    if (ownerId !== viewer.userId && !isShared) throw notFound('attachment', id);
    response.set({
      etag: `"${sha256.toString('hex')}"`,
      'cache-control': 'private, max-age=86400, immutable',
    });
    if (request.fresh) return void response.status(304).end();
    const body = await store.get(id).catch((error) => {
      throw isAbsent(error) ? notFound('attachment', id) : unavailable(error);
    });
    // No browser may run a user's file as our page.
    response.set({
      'content-type': contentType,
      'content-length': String(sizeBytes),
      'content-disposition': `attachment; filename*=UTF-8''${encodeFileName(fileName)}`,
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
    });
    body.once('error', (error) => response.destroy(error));
    // Else the rest would be read for a caller who has left.
    response.once('close', () => body.destroy());
    return void body.pipe(response);
  };
}

/** Source: RFC 8187, section 3.2.1. */
function encodeFileName(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
}

function isAbsent(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  return error.name === 'NoSuchKey' || ('code' in error && error.code === 'ENOENT');
}
