import { HttpError } from '@watchkeeper/telemetry';
import express, { type RequestHandler } from 'express';
import { z } from 'zod';

/** `limit` of a list: 1 to 200, 50 by default. */
export const acceptedLimit = z.coerce.number().int().min(1).max(200).default(50);

/** Parses JSON; rejects any other body, which would otherwise look like none. */
export function jsonBody(limit: string): RequestHandler[] {
  const rejectOthers: RequestHandler = (request, _response, next) => {
    if (request.is('application/json') !== false) return next();
    throw new HttpError(415, 'Expected `content-type: application/json`.', {
      code: 'media_type_unsupported',
    });
  };
  return [rejectOthers, express.json({ limit })];
}
