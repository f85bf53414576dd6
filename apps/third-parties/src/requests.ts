import { HttpError } from '@watchkeeper/telemetry';
import type { RequestHandler } from 'express';
import { z } from 'zod';

/** `limit` of a list in a query: 1 to 200, 50 unless given. */
export const acceptedLimit = z.coerce.number().int().min(1).max(200).default(50);

/** Refuses a body that is not JSON, which would otherwise look like no body at all. */
export function jsonOnly(): RequestHandler {
  return (request, _response, next) => {
    if (request.is('application/json') !== false) return next();
    throw new HttpError(415, 'Expected `content-type: application/json`.', {
      code: 'media_type_unsupported',
    });
  };
}
