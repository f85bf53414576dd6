import {
  type AllowedHosts,
  errorHandler,
  httpMiddleware,
  notFoundHandler,
  requestGuard,
  type Telemetry,
} from '@watchkeeper/telemetry';
import express, { type Express } from 'express';

/**
 * Creates an application whose routes stand between the telemetry and the error responses. Without
 * `hosts` any host and any site may send requests, as customers do.
 */
export function createApplication(
  telemetry: Telemetry,
  addRoutes: (app: Express) => void,
  hosts: AllowedHosts = 'any',
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(httpMiddleware(telemetry), requestGuard(hosts));
  addRoutes(app);
  app.use(notFoundHandler(), errorHandler(telemetry));
  return app;
}
