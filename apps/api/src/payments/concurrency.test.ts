import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPublisher } from '@watchkeeper/galley';
import { createLedger } from '../ledger/ledger.ts';
import { startCardProcessor, type TestCardProcessor } from '../testing/card-processor.ts';
import { balanceOf, createPendingPayment, expectBalancedLedger } from '../testing/ledger.ts';
import { type RunningApi, startApi } from '../testing/running-api.ts';
import { paymentMethods } from './catalogue.ts';
import { createMoney, type Money } from './money.ts';
import { createSerializable } from './serializable.ts';
import { findCase, type PaymentCase } from './store.ts';

let api: RunningApi;
let card: TestCardProcessor;
let money: Money;

beforeAll(async () => {
  api = await startApi({ poolSize: 20 });
  card = await startCardProcessor();
  const { pool, telemetry } = api;
  const cardProcessorUrl = card.url;
  const [ledger, publish] = [createLedger(telemetry), createPublisher(telemetry)];
  money = createMoney({ pool, telemetry, ledger, publish, cardProcessorUrl });
}, 120_000);

afterAll(async () => {
  card.stop();
  await api.stop();
});

beforeEach(() => {
  card.behaviour = 'approved';
});

/** The error codes of those that were refused, `captured` for the others. */
async function outcomes(attempts: Promise<{ status: string }>[]): Promise<string[]> {
  const settled = await Promise.allSettled(attempts);
  return settled.map((each) =>
    each.status === 'fulfilled' ? each.value.status : each.reason.options.code,
  );
}

async function entriesOf({ payment }: PaymentCase): Promise<number> {
  const { rowCount } = await api.pool.query('SELECT FROM ledger.entries WHERE payment_id = $1', [
    payment.id,
  ]);
  return rowCount ?? 0;
}

test('what always conflicts is refused with 429, which opens no circuit at the gateway', async () => {
  const run = createSerializable(api.pool, api.telemetry, () => 0);
  const conflict = () => Promise.reject(Object.assign(new Error('conflict'), { code: '40001' }));
  await expect(run('payment_refund', conflict)).rejects.toMatchObject({
    statusCode: 429,
    options: { code: 'transaction_contended' },
  });
});

describe('a hundred captures of one payment at once', () => {
  test.each(paymentMethods)('capture it once, by %s', async (method) => {
    const found = await createPendingPayment(api.pool, method);
    const attempts = Array.from({ length: 100 }, () => money.capture(found, randomUUID()));
    const results = await outcomes(attempts);
    expect(results.filter((result) => result === 'captured')).toHaveLength(1);
    expect(results.filter((result) => result === 'PAYMENT_ALREADY_CAPTURED')).toHaveLength(99);
    expect(await entriesOf(found)).toBe(4);
    await expectBalancedLedger(api.pool);
  });

  test('give every caller with one key the same response', async () => {
    const found = await createPendingPayment(api.pool, 'card');
    const key = randomUUID();
    const attempts = Array.from({ length: 100 }, () => money.capture(found, key));
    const payments = await Promise.all(attempts);
    expect(new Set(payments.map((payment) => JSON.stringify(payment))).size).toBe(1);
    expect(await entriesOf(found)).toBe(4);
    const { chargeId } = (await findCase(api.pool, found.payment.id)) ?? {};
    expect(card.charges.get(chargeId ?? '')).toEqual({ chargedCents: 2_500, refundedCents: 0 });
  });

  test('are retried a limited number of times, and counted', async () => {
    const text = await api.telemetry.renderMetrics();
    const retries = /db_transaction_retries_total\{transaction="payment_capture",[^}]*\} (\d+)/;
    expect(Number(retries.exec(text)?.[1])).toBeGreaterThan(0);
  });
});

test('a wallet is never overdrawn by concurrent payments', async () => {
  const customerId = randomUUID();
  const options = { customerId, totalCents: 30_000 };
  const cases = await Promise.all(
    Array.from({ length: 10 }, () => createPendingPayment(api.pool, 'wallet', options)),
  );
  const results = await outcomes(cases.map((each) => money.capture(each, randomUUID())));
  expect(results.filter((result) => result === 'captured')).toHaveLength(3);
  expect(results.filter((result) => result === 'INSUFFICIENT_FUNDS')).toHaveLength(7);
  expect(await balanceOf(api.pool, 'customer', customerId)).toBe(10_000);
  await expectBalancedLedger(api.pool);
});

test('a hundred refunds of one payment wait for their turn, and none is refused', async () => {
  const found = await createPendingPayment(api.pool, 'card');
  await money.capture(found, randomUUID());
  const retries = async () =>
    (await api.telemetry.renderMetrics()).match(/transaction="payment_refund".*/g)?.join('\n');
  const before = await retries();
  const part = { amountCents: 1, reason: 'cold' };
  const attempts = Array.from({ length: 100 }, () => money.refund(found, randomUUID(), part));
  const refunds = await Promise.all(attempts);
  expect(new Set(refunds.map(({ refund }) => refund.status))).toEqual(new Set(['completed']));
  expect(await retries()).toBe(before);
  await expectBalancedLedger(api.pool);
});

test('concurrent refunds never exceed the captured amount', async () => {
  const found = await createPendingPayment(api.pool, 'card');
  await money.capture(found, randomUUID());
  const attempts = Array.from({ length: 40 }, () =>
    money
      .refund(found, randomUUID(), { amountCents: 300, reason: 'cold' })
      .then(({ refund }) => refund),
  );
  const results = await outcomes(attempts);
  expect(results.filter((result) => result === 'completed')).toHaveLength(8);
  expect(results.filter((result) => result === 'REFUND_EXCEEDS_CAPTURE')).toHaveLength(32);
  const after = await findCase(api.pool, found.payment.id);
  expect(after?.payment).toMatchObject({ status: 'partially_refunded', refundedCents: 2_400 });
  expect(card.charges.get(after?.chargeId ?? '')?.refundedCents).toBe(2_400);
  await expectBalancedLedger(api.pool);
});
