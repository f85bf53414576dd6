import { validate } from '@watchkeeper/galley';
import type { Request } from 'express';
import { z } from 'zod';

/** The length of a page in a query. */
export const limit = z.coerce.number().int().min(1).max(100).default(20);

const idempotency = z.object({
  'idempotency-key': z
    .string({ message: 'Expected the header to be set.' })
    .regex(/^[\w-]{8,128}$/, 'Expected 8 to 128 letters, digits, `_` or `-`.'),
});

/** The key of a request that must not take effect twice. */
export function idempotencyKeyOf(request: Request): string {
  return validate(idempotency, request.headers, 'headers')['idempotency-key'];
}
