import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPublisher } from '@watchkeeper/galley';
import { BusinessRuleError, HttpError } from '@watchkeeper/telemetry';
import { createLedgerAudit } from '../ledger/audit.ts';
import { createLedger } from '../ledger/ledger.ts';
import { startCardProcessor, type TestCardProcessor } from '../testing/card-processor.ts';
import { balanceOf, expectBalancedLedger } from '../testing/ledger.ts';
import { type RunningApi, startApi } from '../testing/running-api.ts';
import { createMoney, type Money } from './money.ts';
import { findCase } from './store.ts';

const operationCount = 10_000;
const paymentCount = 4_000;
const seed = 20_261_121;

let api: RunningApi;
let card: TestCardProcessor;
let money: Money;
let paymentIds: string[];

beforeAll(async () => {
  api = await startApi({ poolSize: 16 });
  card = await startCardProcessor();
  const { pool, telemetry } = api;
  telemetry.logger.level = 'error';
  const cardProcessorUrl = card.url;
  const [ledger, publish] = [createLedger(telemetry), createPublisher(telemetry)];
  money = createMoney({ pool, telemetry, ledger, publish, cardProcessorUrl });
  paymentIds = await insertPayments();
}, 600_000);

afterAll(async () => {
  card.stop();
  await api.stop();
});

/** Two hundred customers at twelve restaurants, so that wallets are fought over and run empty. */
async function insertPayments(): Promise<string[]> {
  await api.pool.query(
    `INSERT INTO orders.orders
       (customer_id, restaurant_id, total_cents, idempotency_key, request_digest)
     SELECT ('00000000-0000-4000-8000-' || lpad((i % 200)::text, 12, '0'))::uuid,
       ('00000000-0000-4000-9000-' || lpad((i % 12)::text, 12, '0'))::uuid,
       1 + (i * 7919) % 20000, i, '' FROM generate_series(1, $1::integer) i`,
    [paymentCount],
  );
  const { rows } = await api.pool.query<{ id: string }>(
    `INSERT INTO payments.payments (order_id, method, amount_cents)
     SELECT id, (ARRAY['wallet', 'wallet', 'cash', 'cash', 'card'])[1 + idempotency_key::integer % 5],
       total_cents FROM orders.orders RETURNING id`,
  );
  return rows.map(({ id }) => id).sort();
}

/** Numbers from 0 to 1, the same in each run. Source: mulberry32, public domain. */
function createRandom(state: number): () => number {
  let current = state;
  return () => {
    current = (current + 0x6d2b79f5) | 0;
    let mixed = Math.imul(current ^ (current >>> 15), 1 | current);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Sends a request again, with its key, as long as it is refused for too many transactions at once. */
async function sendAgain<T>(act: (key: string) => Promise<T>): Promise<T> {
  const key = randomUUID();
  for (;;) {
    try {
      return await act(key);
    } catch (error) {
      const isContended =
        error instanceof HttpError && error.options.code === 'transaction_contended';
      if (!isContended) throw error;
    }
  }
}

async function operate(random: () => number): Promise<string> {
  const id = paymentIds[Math.floor(random() * paymentIds.length)] ?? '';
  const [isCapture, part] = [random() < 0.55, random()];
  const found = await findCase(api.pool, id);
  if (found === undefined) throw new Error(`Expected the payment \`${id}\`.`);
  try {
    if (isCapture) return (await sendAgain((key) => money.capture(found, key))).status;
    // Up to a fifth more than there is, so that some must be refused.
    const amountCents = Math.ceil(part * 1.2 * found.payment.amountCents);
    const refund = { amountCents, reason: 'random' };
    await sendAgain((key) => money.refund(found, key, refund));
    return 'refund';
  } catch (error) {
    if (error instanceof BusinessRuleError) return error.options.code ?? '';
    throw error;
  }
}

/** Runs all operations, sixteen at a time; counts how they ended. */
async function operateAll(): Promise<Map<string, number>> {
  const random = createRandom(seed);
  const counts = new Map<string, number>();
  let left = operationCount;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const outcome = await operate(random);
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return counts;
}

/** What was captured and not given back, in cents, as the payments say. */
async function keptCents(method: string): Promise<number> {
  const { rows } = await api.pool.query<{ cents: number }>(
    `SELECT sum(amount_cents - refunded_cents)::float8 AS cents FROM payments.payments
     WHERE captured_at IS NOT NULL AND method = $1`,
    [method],
  );
  return rows[0]?.cents ?? 0;
}

test('after ten thousand random captures and refunds every ledger sums to zero', async () => {
  const counts = await operateAll();
  const outcomes = ['captured', 'refund', 'PAYMENT_ALREADY_CAPTURED', 'REFUND_EXCEEDS_CAPTURE'];
  for (const outcome of outcomes) expect(counts.get(outcome)).toBeGreaterThan(100);
  await expectBalancedLedger(api.pool);
  expect(await createLedgerAudit(api.pool, api.telemetry).check()).toEqual([]);
}, 600_000);

test('the ledger agrees with the payments and the card processor', async () => {
  expect(await balanceOf(api.pool, 'card')).toBe(-(await keptCents('card')));
  expect(await balanceOf(api.pool, 'cash')).toBe(-(await keptCents('cash')));
  const atProcessor = [...card.charges.values()].reduce(
    (sum, { chargedCents, refundedCents }) => sum + chargedCents - refundedCents,
    0,
  );
  expect(atProcessor).toBe(await keptCents('card'));
});

test('no customer has spent more than they had', async () => {
  const { rows } = await api.pool.query(
    `SELECT w.id FROM ledger.wallets w JOIN ledger.entries e ON e.wallet_id = w.id
     WHERE w.kind = 'customer' GROUP BY w.id HAVING sum(e.amount_cents) < 0`,
  );
  expect(rows).toEqual([]);
});
