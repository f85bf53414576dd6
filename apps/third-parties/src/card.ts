import { createHash } from 'node:crypto';
import { validate } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError } from '@watchkeeper/telemetry';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { createMemory, type Memory } from './memory.ts';
import { jsonOnly } from './requests.ts';

/** Last two digits of an amount that is declined, and why; every other amount is approved. */
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

// Of a day's refunds; a charge needs no memory, because its id says all there is to know.
const capacity = 10_000;

/**
 * `/card`: `POST /charges` and `POST /refunds`. The id of a charge is made of its payment and its
 * amount, so that the same request is the same charge even after a restart. Refunds of a charge are
 * counted by `idempotency-key`, and can't exceed it.
 * @param behave what the stand-in was told to do to a request
 */
export function cardRoutes(behave: RequestHandler[]): Router {
  const router = Router();
  const takeJson = [jsonOnly(), express.json({ limit: '16kb' })];
  router.post('/charges', behave, takeJson, (request: Request, response: Response) => {
    const charge = validate(newCharge, request.body, 'body');
    const chargeId = `ch_${charge.paymentId.replaceAll('-', '').toLowerCase()}_${charge.amountCents}`;
    const reason = declinedAmounts[String(charge.amountCents).padStart(2, '0').slice(-2)];
    const outcome = reason === undefined ? { status: 'approved' } : { status: 'declined', reason };
    response.status(201).json({ chargeId, ...outcome });
  });
  router.post('/refunds', behave, takeJson, refund(createMemory(capacity)));
  return router;
}

/** Cents given back of a charge, by key. */
type Refunds = ReadonlyMap<string, number>;

function refund(refunds: Memory<Refunds>): RequestHandler {
  return (request, response) => {
    const { chargeId, amountCents } = validate(newRefund, request.body, 'body');
    const key = request.get('idempotency-key');
    if (key === undefined) {
      throw new HttpError(400, 'Expected the header `idempotency-key`.', {
        code: 'idempotency_key_missing',
      });
    }
    const earlier = refunds.get(chargeId) ?? new Map<string, number>();
    if (!earlier.has(key)) {
      assertWithin(chargeId, earlier, amountCents);
      refunds.add(chargeId, new Map(earlier).set(key, amountCents));
    }
    const digest = createHash('sha256').update(`${chargeId} ${key}`).digest('hex').slice(0, 32);
    response.status(201).json({ refundId: `re_${digest}`, status: 'succeeded' });
  };
}

function assertWithin(chargeId: string, earlier: Refunds, amountCents: number): void {
  const chargedCents = Number(chargeId.split('_')[2]);
  const refundedCents = [...earlier.values()].reduce((sum, cents) => sum + cents, 0);
  if (refundedCents + amountCents <= chargedCents) return;
  throw new BusinessRuleError('REFUND_EXCEEDS_CHARGE', 'More than was charged can not go back.', {
    chargedCents,
    refundedCents,
  });
}
