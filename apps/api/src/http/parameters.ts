import { z } from 'zod';

export const identity = z.object({ id: z.uuid() });

/** The length of a page in a query. */
export const limit = z.coerce.number().int().min(1).max(100).default(20);
