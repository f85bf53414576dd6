/** The parts of a payment; they sum to its amount. */
export interface Shares {
  readonly restaurantCents: number;
  readonly platformCents: number;
  readonly courierCents: number;
}

// Shares of the payment: the platform's commission, and the courier's fee.
const platformShare = 0.15;
const courierShare = 0.1;

/** The restaurant gets the rounding remainder. */
export function splitPayment(amountCents: number): Shares {
  const platformCents = Math.round(amountCents * platformShare);
  const courierCents = Math.round(amountCents * courierShare);
  const restaurantCents = amountCents - platformCents - courierCents;
  return { restaurantCents, platformCents, courierCents };
}

/**
 * Each share of a refund that raises the refunded total from `beforeCents` to `afterCents`. Refunds
 * are differences of totals, so that together they sum exactly to the payment.
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

/** Each share is taken from the remainder, so that none ever falls as refunds rise. */
function givenBack(amountCents: number, refundedCents: number): Shares {
  const whole = splitPayment(amountCents);
  const courierCents = partOf(whole.courierCents, refundedCents, amountCents);
  const leftCents = refundedCents - courierCents;
  const platformCents = partOf(whole.platformCents, leftCents, amountCents - whole.courierCents);
  return { restaurantCents: leftCents - platformCents, platformCents, courierCents };
}

/** As integers, because the product may exceed 2^53. */
function partOf(shareCents: number, partCents: number, wholeCents: number): number {
  return Number((BigInt(shareCents) * BigInt(partCents)) / BigInt(wholeCents));
}
