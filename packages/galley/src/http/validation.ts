import { HttpError } from '@watchkeeper/telemetry';
import type { z } from 'zod';

/**
 * Parses a part of a request.
 * @param where the part, as the prefix of each field: `body`, `params`, `query`
 * @throws HttpError 400 that names every invalid field
 */
export function validate<S extends z.ZodType>(
  schema: S,
  value: unknown,
  where: string,
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const validationErrors = result.error.issues.map(({ path, message }) => ({
    field: [where, ...path].join('.'),
    message,
  }));
  const fields = validationErrors.map(({ field }) => `\`${field}\``).join(', ');
  throw new HttpError(400, `Expected valid values for ${fields}.`, {
    code: 'validation_failed',
    validationErrors,
  });
}
