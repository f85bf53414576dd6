import { callerOf, requireRole } from '@watchkeeper/galley';
import { Router } from 'express';
import type { RouteContext } from '../context.ts';
import { openCustomerWallet } from './customer-wallet.ts';
import { openWallets, readBalance } from './wallets.ts';

/** `/api/v1/wallet`: the balance of a customer or courier. */
export function walletRoutes({ pool, ledger, signedIn }: RouteContext) {
  const router = Router();
  router.get('/', ...signedIn, requireRole('customer', 'courier'), async (_request, response) => {
    const { userId, roles } = callerOf(response);
    const walletId = roles.includes('customer')
      ? await openCustomerWallet(pool, ledger, userId)
      : (await openWallets(pool, [{ kind: 'courier', ownerId: userId }]))[0];
    const balanceCents = await readBalance(pool, walletId ?? '');
    response.json({ balanceCents, currency: 'EUR' });
  });
  return router;
}
