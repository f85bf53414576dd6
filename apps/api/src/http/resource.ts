import { HttpError } from '@watchkeeper/telemetry';
import { z } from 'zod';

export const identity = z.object({ id: z.uuid() });

/** The length of a page in a query. */
export const limit = z.coerce.number().int().min(1).max(100).default(20);

/** Also for a resource that the caller may not see: a 403 would reveal that it exists. */
export function notFound(resource: string, id: string): HttpError {
  return new HttpError(404, `There is no ${resource} \`${id}\`.`, { code: `${resource}_unknown` });
}

/** For requests that must not take effect twice. */
export const idempotency = z.object({
  'idempotency-key': z
    .string({ message: 'Expected the header to be set.' })
    .regex(/^[\w-]{8,128}$/, 'Expected 8 to 128 letters, digits, `_` or `-`.'),
});
