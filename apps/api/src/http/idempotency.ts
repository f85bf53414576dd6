import { z } from 'zod';

/** For requests that must not take effect twice. */
export const idempotency = z.object({
  'idempotency-key': z
    .string({ message: 'Expected the header to be set.' })
    .regex(/^[\w-]{8,128}$/, 'Expected 8 to 128 letters, digits, `_` or `-`.'),
});
