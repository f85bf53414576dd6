import {
  createApplication,
  createPublisher,
  faultGate,
  type Tokens,
  translateDatabaseErrors,
} from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import express, { type Express } from 'express';
import type { Pool } from 'pg';
import { createAccounts } from './accounts/accounts.ts';
import { commerceRoutes } from './commerce.ts';
import type { Configuration } from './config.ts';
import type { ApiFaults } from './faults.ts';
import { createBlockedStore } from './profiles/blocked-store.ts';
import { createProfileStore } from './profiles/profile-store.ts';
import { profileRoutes } from './profiles/routes.ts';
import { cacheRestaurants, type RestaurantCache } from './restaurants/cached-store.ts';
import { restaurantRoutes, searchRoutes } from './restaurants/routes.ts';
import { createRestaurantStore } from './restaurants/store.ts';
import { supportRoutes } from './support.ts';

export interface Dependencies {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly faults: ApiFaults;
  readonly tokens: Tokens;
  readonly restaurantCache: RestaurantCache;
  readonly configuration: Configuration;
}

/** Creates the public application; it starts nothing. */
export function createApp(dependencies: Dependencies): Express {
  const { pool, telemetry, faults, tokens, configuration } = dependencies;
  return createApplication(telemetry, (app) => {
    // Only the gateway calls the api, from an internal address; it forwards the client's.
    app.set('trust proxy', 'loopback, linklocal, uniquelocal');
    app.use(express.json({ limit: '100kb' }));
    const gate = faultGate(faults);
    const context = { pool, telemetry, publish: createPublisher(telemetry) };
    const { tokenSecret } = configuration;
    const accounts = createAccounts({
      ...{ ...context, tokens, gate },
      configuration: { ...configuration.accounts, tokenSecret },
    });
    app.use('/api/v1/auth', accounts.routes);
    const signedIn = [accounts.signedIn, gate];
    const [profiles, blocked] = [createProfileStore(pool), createBlockedStore(pool)];
    app.use('/api/v1/users', profileRoutes({ profiles, blocked, signedIn }));
    const restaurants = cacheRestaurants(createRestaurantStore(pool), dependencies.restaurantCache);
    app.use('/api/v1/restaurants', restaurantRoutes(restaurants, gate));
    app.use('/api/v1/search', searchRoutes(restaurants, gate));
    app.use('/api/v1', commerceRoutes(context, configuration.cardProcessorUrl, signedIn));
    app.use('/api/v1', supportRoutes(context, configuration, { faults, signedIn }));
    app.use(translateDatabaseErrors());
  });
}
