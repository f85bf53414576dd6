import {
  errorHandler,
  httpMiddleware,
  notFoundHandler,
  type Telemetry,
} from '@watchkeeper/telemetry';
import express, { type Express } from 'express';

/** Creates an application whose routes stand between the telemetry and the error responses. */
export function createApplication(
  telemetry: Telemetry,
  addRoutes: (app: Express) => void,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(httpMiddleware(telemetry));
  addRoutes(app);
  app.use(notFoundHandler(), errorHandler(telemetry));
  return app;
}
