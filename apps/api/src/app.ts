import {
  auditAdministrators,
  authenticate,
  createApplication,
  createPublisher,
  faultGate,
  type TokenSigner,
  type TokenVerifier,
  translateDatabaseErrors,
} from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import express, { type Express } from 'express';
import type { Pool } from 'pg';
import { createAccounts } from './accounts/accounts.ts';
import { accountRoutes } from './accounts/routes.ts';
import { createSessionCheck } from './accounts/session-check.ts';
import { assistantRoutes } from './assistant/routes.ts';
import { attachmentRoutes } from './attachments/routes.ts';
import type { Configuration } from './config.ts';
import type { RouteContext } from './context.ts';
import { assignmentRoutes } from './couriers/routes.ts';
import type { ApiFaults } from './faults.ts';
import { createLedger } from './ledger/ledger.ts';
import { walletRoutes } from './ledger/routes.ts';
import { orderRoutes } from './orders/routes.ts';
import { createTransitions } from './orders/transitions.ts';
import { createMoney } from './payments/money.ts';
import { orderPaymentRoutes, paymentRoutes } from './payments/routes.ts';
import { profileRoutes } from './profiles/routes.ts';
import { cacheRestaurants, type RestaurantCache } from './restaurants/cached-store.ts';
import { restaurantRoutes, searchRoutes } from './restaurants/routes.ts';
import { createRestaurantStore } from './restaurants/store.ts';
import { staffRoutes } from './staff/routes.ts';
import { loadRestaurants } from './staff/viewer.ts';

export interface Dependencies {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly faults: ApiFaults;
  readonly tokens: TokenSigner & TokenVerifier;
  readonly restaurantCache: RestaurantCache;
  readonly configuration: Configuration;
}

/** Creates the public application; it starts nothing. */
export function createApp(dependencies: Dependencies): Express {
  const { pool, telemetry, faults, tokens, restaurantCache, configuration } = dependencies;
  return createApplication(telemetry, (app) => {
    // Only the gateway calls the api, from an internal address; it forwards the client's.
    app.set('trust proxy', 'loopback, linklocal, uniquelocal');
    app.use(express.json({ limit: '100kb' }));
    const gate = faultGate(faults);
    const check = createSessionCheck(pool, telemetry);
    const context: RouteContext = {
      ...{ pool, telemetry, gate },
      publish: createPublisher(telemetry),
      ledger: createLedger(telemetry),
      signedIn: [
        authenticate(tokens, check.isActive),
        auditAdministrators(telemetry),
        loadRestaurants(pool),
        gate,
      ],
    };
    const restaurants = cacheRestaurants(createRestaurantStore(pool), restaurantCache);
    const move = createTransitions(context);
    const { signingKey, attachments, assistant, cardProcessorUrl } = configuration;
    const options = { ...configuration.accounts, tokens, check, signingKey };
    const accounts = createAccounts(context, options);
    const money = createMoney({ ...context, cardProcessorUrl });
    app.use('/api/v1/auth', accountRoutes(context, accounts));
    app.use('/api/v1/users', profileRoutes(context));
    app.use('/api/v1/staff', staffRoutes(context, check));
    app.use('/api/v1/restaurants', restaurantRoutes(restaurants, gate));
    app.use('/api/v1/search', searchRoutes(restaurants, gate));
    app.use('/api/v1/orders', orderRoutes(context, move), orderPaymentRoutes(context));
    app.use('/api/v1/payments', paymentRoutes(context, money));
    app.use('/api/v1/wallet', walletRoutes(context));
    app.use('/api/v1/assignments', assignmentRoutes(context, move));
    app.use('/api/v1/attachments', attachmentRoutes(context, attachments, faults));
    app.use('/api/v1/assistant', assistantRoutes(context, assistant));
    app.use(translateDatabaseErrors());
  });
}
