import { isNativeError } from 'node:util/types';
import { callerOf, validate } from '@watchkeeper/galley';
import { type RequestHandler, Router } from 'express';
import { identity, notFound } from '../http/resource.ts';
import { type AttachmentDependencies, unavailable, uploadHandler } from './upload.ts';

/** `/api/v1/attachments`: files, visible to their owner and the order's participants. */
export function attachmentRoutes(
  dependencies: AttachmentDependencies,
  signedIn: readonly RequestHandler[],
): Router {
  const router = Router();
  router.post('/', ...signedIn, uploadHandler(dependencies));
  router.get('/:id', ...signedIn, downloadHandler(dependencies));
  return router;
}

function downloadHandler({ index, store }: AttachmentDependencies): RequestHandler {
  return async (request, response) => {
    const { id } = validate(identity, request.params, 'params');
    const caller = callerOf(response);
    const attachment = await index.find(id);
    if (attachment === undefined) throw notFound('attachment', id);
    const { ownerId, orderId, contentType, sizeBytes, fileName, sha256 } = attachment;
    const isShared = orderId !== null && (await index.mayReadOrder(caller, orderId));
    if (ownerId !== caller.userId && !isShared) throw notFound('attachment', id);
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
    // A caller that disconnects is not a failure of the store: the rest is read to its end.
    response.once('close', () => body.unpipe(response).resume());
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
