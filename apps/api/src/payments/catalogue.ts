import { counter, event, histogram } from '@watchkeeper/telemetry';

export const paymentMethods = ['card', 'wallet', 'cash'] as const;

export type PaymentMethod = (typeof paymentMethods)[number];

/** Source: the project's telemetry contract. */
export const moneyMetrics = {
  payment_captures_total: counter(
    'Requested captures, by outcome; error is a failure of ours or of the card processor.',
    { method: paymentMethods, result: ['success', 'declined', 'refused', 'error'] },
  ),
  payment_capture_duration_seconds: histogram(
    'Duration of a capture, including the card processor and all retries.',
    { method: paymentMethods },
    // 1 s is the limit of the alert `PaymentCaptureSlow`, so it must be a bucket boundary.
    [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    { exemplars: true },
  ),
  ledger_invariant_violations_total: counter(
    'Unbalanced postings, counted each time a check finds them.',
  ),
  db_transaction_retries_total: counter('Retries of serializable transactions after a conflict.', {
    transaction: ['payment_capture', 'payment_refund'],
    reason: ['serialization_failure', 'deadlock'],
  }),
} as const;

/** Source: the project's telemetry contract. */
export const moneyLogEvents = {
  payment_capture_started: event.info(
    'A capture started.',
    'payment_id order_id amount_cents method',
  ),
  payment_capture_completed: event.info(
    'The money was captured and booked.',
    'payment_id order_id method duration_ms',
  ),
  payment_capture_declined: event.warn(
    'A capture was refused by the card, the balance or a business rule.',
    'payment_id order_id method rule duration_ms',
  ),
  payment_capture_failed: event.error(
    'A capture failed; nothing was booked, and the request may be retried.',
    'payment_id order_id method duration_ms err',
  ),
  payment_charge_voided: event.warn(
    'A card was charged for an order cancelled meanwhile; the charge was refunded.',
    'payment_id order_id charge_id',
  ),
  payment_refund_completed: event.info(
    'A payment was refunded.',
    'payment_id order_id refund_id amount_cents duration_ms',
  ),
  payment_refund_failed: event.error(
    'A refund failed; if it was booked, repeating the request completes it.',
    'payment_id order_id duration_ms err',
  ),
  ledger_invariant_violated: event.error(
    'A posting does not sum to zero; logged once, counted at every check.',
    'posting_id payment_id sum_actual sum_expected',
  ),
  ledger_audit_failed: event.warn(
    'The ledger could not be read for the check; retried in the next round.',
    'err',
  ),
  ledger_imbalance_failed: event.warn(
    'The fault `ledgerImbalance` could not write; the next start repairs the test wallet.',
    'err',
  ),
};
