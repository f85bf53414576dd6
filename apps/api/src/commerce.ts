import { type RequestHandler, Router } from 'express';
import type { Context } from './context.ts';
import { createAcceptance } from './couriers/acceptance.ts';
import { assignmentRoutes } from './couriers/routes.ts';
import { createLedger } from './ledger/ledger.ts';
import { walletRoutes } from './ledger/routes.ts';
import { createPlacement } from './orders/placement.ts';
import { orderRoutes } from './orders/routes.ts';
import { createOrderStore } from './orders/store.ts';
import { createTransitions } from './orders/transitions.ts';
import { createMoney } from './payments/money.ts';
import { orderPaymentRoutes, paymentRoutes } from './payments/routes.ts';

/** `/api/v1`: orders, payments, wallets and deliveries. */
export function commerceRoutes(
  context: Context,
  cardProcessorUrl: string,
  signedIn: readonly RequestHandler[],
): Router {
  const { pool, telemetry, publish } = context;
  const ledger = createLedger(telemetry);
  const store = createOrderStore(pool);
  const move = createTransitions({ ...context, store, ledger });
  const money = createMoney({ ...context, ledger, cardProcessorUrl });
  const payments = { pool, orders: store, money, signedIn };
  const accept = createAcceptance(context);
  const place = createPlacement(pool, publish);

  const router = Router();
  router.use('/orders', orderRoutes({ store, place, move, telemetry, signedIn }));
  router.use('/orders', orderPaymentRoutes(payments));
  router.use('/payments', paymentRoutes(payments));
  router.use('/wallet', walletRoutes(pool, ledger, signedIn));
  router.use('/assignments', assignmentRoutes({ pool, accept, orders: store, move, signedIn }));
  return router;
}
