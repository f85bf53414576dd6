import { HttpError, type ValidationError } from '@watchkeeper/telemetry';
import type { z } from 'zod';

// A thousand alerts without a field are one mistake, not a thousand.
const maxProblems = 20;

/**
 * Checks a part of a request, such as its `body`.
 * @throws HttpError that names every invalid field
 */
export function validate<S extends z.ZodType>(
  schema: S,
  value: unknown,
  where: string,
  {
    statusCode = 400,
    onInvalid,
  }: { statusCode?: number; onInvalid?: (problems: readonly ValidationError[]) => void } = {},
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const validationErrors = result.error.issues
    .slice(0, maxProblems)
    .map(({ path, message }) => ({ field: [where, ...path].join('.'), message }));
  onInvalid?.(validationErrors);
  const fields = validationErrors.map(({ field }) => `\`${field}\``).join(', ');
  throw new HttpError(statusCode, `Expected valid values for ${fields}.`, {
    code: 'validation_failed',
    validationErrors,
  });
}

/** Alertmanager retries after a 5xx only. @throws HttpError 503 */
export function failTemporarily(cause: unknown): never {
  throw new HttpError(503, 'The inbox could not store the notification.', {
    code: 'inbox_unavailable',
    cause,
  });
}
