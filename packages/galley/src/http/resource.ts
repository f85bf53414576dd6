import { HttpError } from '@watchkeeper/telemetry';
import type { Request } from 'express';
import { z } from 'zod';
import { validate } from './validation.ts';

const identity = z.object({ id: z.uuid() });

/** The parameter `id` of a route. */
export function idOf(request: Request): string {
  return validate(identity, request.params, 'params').id;
}

/** Also for a resource that the caller may not see: a 403 would reveal that it exists. */
export function notFound(resource: string, id: string): HttpError {
  return new HttpError(404, `There is no ${resource} \`${id}\`.`, { code: `${resource}_unknown` });
}

/** @throws HttpError 404 if nothing was found */
export function orNotFound<T>(found: T | undefined, resource: string, id: string): T {
  if (found === undefined) throw notFound(resource, id);
  return found;
}
