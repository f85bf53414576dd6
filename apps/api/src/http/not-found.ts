import { HttpError } from '@watchkeeper/telemetry';

/** Also for a resource that the caller may not see: a 403 would reveal that it exists. */
export function notFound(resource: string, id: string): HttpError {
  return new HttpError(404, `There is no ${resource} \`${id}\`.`, { code: `${resource}_unknown` });
}
