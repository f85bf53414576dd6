import { createHash } from 'node:crypto';
import { validate } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError } from '@watchkeeper/telemetry';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { jsonBody } from './requests.ts';

/** Decline reasons by the last two digits of the amount; every other amount is approved. */
export const declinedAmounts: Readonly<Record<string, string>> = {
  '13': 'card_declined',
  '51': 'insufficient_funds',
  '54': 'expired_card',
};

const amountCents = z.number().int().min(1).max(100_000_000);
const newCharge = z.strictObject({
  paymentId: z.uuid(),
  amountCents,
  currency: z.string().regex(/^[A-Z]{3}$/, 'Expected a currency such as `EUR`.'),
});
const newRefund = z.strictObject({
  chargeId: z.string().regex(/^ch_[0-9a-f]{32}_[1-9]\d{0,8}$/, 'Expected the id of a charge.'),
  amountCents,
});

// A day's refunds; charges are not stored, because their id has all that is needed.
const capacity = 10_000;

/**
 * `/card`: `POST /charges` and `POST /refunds`. The id of a charge is derived from its payment and
 * amount, so that the same request is the same charge even after a restart. Refunds of a charge are
 * counted by `idempotency-key` and cannot exceed it.
 */
export function cardRoutes(behave: RequestHandler[]): Router {
  const router = Router();
  const takeJson = jsonBody('16kb');
  router.post('/charges', behave, takeJson, (request: Request, response: Response) => {
    const charge = validate(newCharge, request.body, 'body');
    const chargeId = `ch_${charge.paymentId.replaceAll('-', '').toLowerCase()}_${charge.amountCents}`;
    const reason = declinedAmounts[String(charge.amountCents).padStart(2, '0').slice(-2)];
    const outcome = reason === undefined ? { status: 'approved' } : { status: 'declined', reason };
    response.status(201).json({ chargeId, ...outcome });
  });
  router.post('/refunds', behave, takeJson, refund(new LRUCache({ max: capacity })));
  return router;
}

/** Refunded cents of a charge, by key. */
type Refunds = ReadonlyMap<string, number>;

function refund(refunds: LRUCache<string, Refunds>): RequestHandler {
  return (request, response) => {
    const { chargeId, amountCents } = validate(newRefund, request.body, 'body');
    const key = request.get('idempotency-key');
    if (key === undefined) {
      throw new HttpError(400, 'Expected the header `idempotency-key`.', {
        code: 'idempotency_key_missing',
      });
    }
    const earlier = refunds.peek(chargeId) ?? new Map<string, number>();
    if (!earlier.has(key)) {
      assertWithin(chargeId, earlier, amountCents);
      refunds.set(chargeId, new Map(earlier).set(key, amountCents));
    }
    const digest = createHash('sha256').update(`${chargeId} ${key}`).digest('hex').slice(0, 32);
    response.status(201).json({ refundId: `re_${digest}`, status: 'succeeded' });
  };
}

function assertWithin(chargeId: string, earlier: Refunds, amountCents: number): void {
  const chargedCents = Number(chargeId.split('_')[2]);
  const refundedCents = [...earlier.values()].reduce((sum, cents) => sum + cents, 0);
  if (refundedCents + amountCents <= chargedCents) return;
  throw new BusinessRuleError(
    'REFUND_EXCEEDS_CHARGE',
    'Expected refunds within the charged amount.',
    {
      chargedCents,
      refundedCents,
    },
  );
}
