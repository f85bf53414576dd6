/** Who gets how much of a payment, in cents; the three sum to the whole. */
export interface Shares {
  readonly restaurantCents: number;
  readonly platformCents: number;
  readonly courierCents: number;
}

// Of what the customer pays: the platform's commission, and the courier's fee.
const platformShare = 0.15;
const courierShare = 0.1;

/** Splits what a customer paid; the restaurant gets what rounding leaves. */
export function splitPayment(amountCents: number): Shares {
  const platformCents = Math.round(amountCents * platformShare);
  const courierCents = Math.round(amountCents * courierShare);
  const restaurantCents = amountCents - platformCents - courierCents;
  return { restaurantCents, platformCents, courierCents };
}

/**
 * What each gives back when the refunds of a payment rise from `beforeCents` to `afterCents`.
 * Each refund is the difference of two sums, so that all of them together are exactly the payment.
 */
export function splitRefund(amountCents: number, beforeCents: number, afterCents: number): Shares {
  const before = givenBack(amountCents, beforeCents);
  const after = givenBack(amountCents, afterCents);
  return {
    restaurantCents: after.restaurantCents - before.restaurantCents,
    platformCents: after.platformCents - before.platformCents,
    courierCents: after.courierCents - before.courierCents,
  };
}

/** One share after the other is taken from what is left, so that none ever falls as refunds rise. */
function givenBack(amountCents: number, refundedCents: number): Shares {
  const whole = splitPayment(amountCents);
  const courierCents = partOf(whole.courierCents, refundedCents, amountCents);
  const leftCents = refundedCents - courierCents;
  const platformCents = partOf(whole.platformCents, leftCents, amountCents - whole.courierCents);
  return { restaurantCents: leftCents - platformCents, platformCents, courierCents };
}

/** In whole numbers, because the product of two sums of money may pass 2^53. */
function partOf(shareCents: number, partCents: number, wholeCents: number): number {
  return Number((BigInt(shareCents) * BigInt(partCents)) / BigInt(wholeCents));
}
