import type { Logger } from '@watchkeeper/telemetry';
import type { RequestHandler } from 'express';

/** Logs each request on arrival, to find those that never completed. */
export function logArrival(logger: Logger): RequestHandler {
  return (request, _response, next) => {
    // Without the query string, which may contain a token.
    const path = request.originalUrl.split('?', 1)[0];
    const fields = { method: request.method, path };
    logger.debug({ event: 'http_request_received', ...fields }, 'request received');
    next();
  };
}
