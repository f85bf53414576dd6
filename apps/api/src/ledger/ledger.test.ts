import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPublisher } from '@watchkeeper/galley';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { createMoney, type Money } from '../payments/money.ts';
import { findCase } from '../payments/store.ts';
import { balanceOf, createPendingPayment, expectBalancedLedger } from '../testing/ledger.ts';
import { type RunningApi, startApi } from '../testing/running-api.ts';
import { createLedgerAudit, watchLedger } from './audit.ts';
import { repairTestWallet } from './imbalance-fault.ts';
import { createLedger } from './ledger.ts';

let api: RunningApi;
let money: Money;

beforeAll(async () => {
  api = await startApi();
  const { pool, telemetry } = api;
  const cardProcessorUrl = 'http://127.0.0.1:9';
  const [ledger, publish] = [createLedger(telemetry), createPublisher(telemetry)];
  money = createMoney({ pool, telemetry, ledger, publish, cardProcessorUrl });
  watchLedger(pool, telemetry, { intervalMs: 20 });
}, 120_000);

afterAll(() => api.stop());

async function violationCount(): Promise<number> {
  const text = await api.telemetry.renderMetrics();
  return Number(/^ledger_invariant_violations_total (\d+)/m.exec(text)?.[1]);
}

async function setFaults(faults: object): Promise<void> {
  const body = JSON.stringify(faults);
  const { status } = await fetch(`${api.management}/faults`, { method: 'PUT', body });
  expect(status).toBe(200);
}

describe('a posting that does not sum to zero', () => {
  test('is rolled back, counted and logged', async () => {
    // Simulates a bug: the platform's entry is a cent too high.
    await api.pool.query(`
      CREATE FUNCTION ledger.add_cent() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.amount_cents := NEW.amount_cents + 1; RETURN NEW; END $$;
      CREATE TRIGGER add_cent BEFORE INSERT ON ledger.entries FOR EACH ROW
        WHEN (NEW.entry_type = 'payment_platform_fee') EXECUTE FUNCTION ledger.add_cent()`);
    const found = await createPendingPayment(api.pool, 'cash');
    const { id } = found.payment;
    await expect(money.capture(found, randomUUID())).rejects.toThrow('sum to 1');
    await api.pool.query('DROP TRIGGER add_cent ON ledger.entries');

    expect(await violationCount()).toBe(1);
    expect(api.linesOf('ledger_invariant_violated').at(-1)).toMatchObject({
      ...{ level: 'error', payment_id: id, sum_actual: 1, sum_expected: 0 },
    });
    expect(api.linesOf('payment_capture_failed').at(-1)).toMatchObject({
      ...{ level: 'error', payment_id: id, order_id: found.payment.orderId },
      err: { type: 'LedgerInvariantError', stack: expect.any(String) },
    });
    expect((await findCase(api.pool, id))?.payment.status).toBe('pending');
    const events = await api.pool.query('SELECT FROM events.outbox WHERE aggregate_id = $1', [id]);
    expect(events.rowCount).toBe(0);
    expect((await money.capture(found, randomUUID())).status).toBe('captured');
    await expectBalancedLedger(api.pool);
  });

  test('is found by the audit, whatever wrote it, until it is repaired', async () => {
    const [posting, before] = [randomUUID(), await violationCount()];
    await api.pool.query(
      `INSERT INTO ledger.entries
         (posting_id, wallet_id, amount_cents, entry_type, idempotency_key, created_at)
       SELECT $1, id, 7, 'by_hand', 'by_hand', '2020-01-01' FROM ledger.wallets WHERE kind = 'cash'`,
      [posting],
    );
    const audit = createLedgerAudit(api.pool, api.telemetry);
    const violation = { postingId: posting, paymentId: null, sumCents: 7 };
    expect(await audit.check()).toEqual([violation]);
    expect(await audit.check()).toEqual([violation]);
    expect((await violationCount()) - before).toBe(2);
    await api.pool.query("DELETE FROM ledger.entries WHERE idempotency_key = 'by_hand'");
    expect(await audit.check()).toEqual([]);
    const lines = api.linesOf('ledger_invariant_violated');
    expect(lines.filter(({ posting_id }) => posting_id === posting)).toHaveLength(1);
  });

  test('does not exist if an old mistake has a new correction', async () => {
    const audit = createLedgerAudit(api.pool, api.telemetry);
    expect(await audit.check()).toEqual([]);
    const posting = randomUUID();
    await api.pool.query(
      `INSERT INTO ledger.entries
         (posting_id, wallet_id, amount_cents, entry_type, idempotency_key, created_at)
       SELECT $1::uuid, id, cents, 'by_hand', $1::text || at::text, at
       FROM ledger.wallets,
         (VALUES (-7, now() - interval '16 minutes'), (7, now())) AS e (cents, at)
       WHERE kind = 'cash'`,
      [posting],
    );
    expect(await audit.check()).toEqual([]);
  });
});

describe('the fault ledgerImbalance', () => {
  test('makes the audit count until it is cleared, and leaves a balanced ledger', async () => {
    const before = await violationCount();
    await setFaults({ ledgerImbalance: { missingCents: 5 } });
    await waitUntil(async () => (await violationCount()) - before >= 3);
    expect(api.linesOf('ledger_invariant_violated').at(-1)).toMatchObject({ sum_actual: -5 });
    await fetch(`${api.management}/faults`, { method: 'DELETE' });
    // The correction is written after the answer.
    await waitUntil(async () => (await balanceOf(api.pool, 'test')) === 0);
    for (let count = -1; count !== (await violationCount()); ) {
      count = await violationCount();
      await sleep(150);
    }
    await expectBalancedLedger(api.pool);
  });

  test('is repaired by the next start after a crash', async () => {
    await setFaults({ ledgerImbalance: { missingCents: 9 } });
    await waitUntil(async () => (await balanceOf(api.pool, 'test')) !== 0);
    await repairTestWallet(api.pool);
    await expectBalancedLedger(api.pool);
  });
});
