import type { Telemetry } from '@watchkeeper/telemetry';
import type { RequestHandler } from 'express';
import { callerOf } from './authenticate.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Middleware behind `authenticate` that logs each request of an administrator that may change something,
 * with its result, refused ones too: the audit trail.
 */
export function auditAdministrators({ logger }: Telemetry): RequestHandler {
  return (request, response, next) => {
    if (callerOf(response).roles.includes('admin') && !reading.has(request.method)) {
      const { method } = request;
      const path = request.originalUrl.split('?', 1)[0];
      response.once('finish', () => {
        const fields = { method, path, status_code: response.statusCode };
        logger.info({ event: 'admin_action_completed', ...fields }, 'administrator acted');
      });
    }
    next();
  };
}
