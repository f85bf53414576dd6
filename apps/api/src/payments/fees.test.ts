import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Shares, splitPayment, splitRefund } from './fees.ts';

const sum = ({ restaurantCents, platformCents, courierCents }: Shares) =>
  restaurantCents + platformCents + courierCents;
const amounts = fc.integer({ min: 1, max: 2_000_000_000 });

test.each([
  [10_000, { restaurantCents: 7_500, platformCents: 1_500, courierCents: 1_000 }],
  [999, { restaurantCents: 749, platformCents: 150, courierCents: 100 }],
  [1, { restaurantCents: 1, platformCents: 0, courierCents: 0 }],
])('splits %d cents', (amount, shares) => {
  expect(splitPayment(amount)).toEqual(shares);
});

test('loses no cent of any payment, and no share is negative', () => {
  fc.assert(
    fc.property(amounts, (amount) => {
      const shares = splitPayment(amount);
      expect(sum(shares)).toBe(amount);
      expect(Math.min(...Object.values(shares))).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('refunds exactly the shares, in any number of parts', () => {
  const parts = amounts.chain((amount) =>
    fc
      .uniqueArray(fc.integer({ min: 1, max: amount }), { maxLength: 6 })
      .map((steps) => ({ amount, steps: [...new Set([...steps, amount])].sort((a, b) => a - b) })),
  );
  fc.assert(
    fc.property(parts, ({ amount, steps }) => {
      const refunds = steps.map((after, index) =>
        splitRefund(amount, steps[index - 1] ?? 0, after),
      );
      const whole = splitPayment(amount);
      for (const name of ['restaurantCents', 'platformCents', 'courierCents'] as const) {
        expect(refunds.reduce((total, shares) => total + shares[name], 0)).toBe(whole[name]);
      }
      for (const shares of refunds) {
        expect(Math.min(...Object.values(shares))).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
