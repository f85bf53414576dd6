import { z } from 'zod';

/** The query parameters of a paged list. */
export const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.uuid().optional(),
};
