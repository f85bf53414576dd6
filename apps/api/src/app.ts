import { faultGate, type Tokens, translateDatabaseErrors } from '@watchkeeper/galley';
import {
  errorHandler,
  httpMiddleware,
  notFoundHandler,
  type Telemetry,
} from '@watchkeeper/telemetry';
import express, { type Express } from 'express';
import type { Pool } from 'pg';
import type { ApiFaults } from './faults.ts';
import { orderRoutes } from './orders/routes.ts';
import { createOrderStore } from './orders/store.ts';
import { restaurantRoutes } from './restaurants/routes.ts';
import { createRestaurantStore } from './restaurants/store.ts';

/** What the api is made of. */
export interface Dependencies {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly faults: ApiFaults;
  readonly tokens: Tokens;
}

/** Makes the api's public application; it owns nothing and starts nothing. */
export function createApp({ pool, telemetry, faults }: Dependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(httpMiddleware(telemetry));
  app.use(express.json({ limit: '100kb' }));
  const gate = faultGate(faults);
  app.use('/api/v1/restaurants', restaurantRoutes(createRestaurantStore(pool), gate));
  app.use('/api/v1/orders', orderRoutes(createOrderStore(pool), telemetry, gate));
  app.use(notFoundHandler());
  app.use(translateDatabaseErrors());
  app.use(errorHandler(telemetry));
  return app;
}
