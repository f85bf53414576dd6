import { toDashboard, toErrorLogs, toErrorTraces, toSlowTraces } from './shapes/links.ts';
import { exemplarsOf, promql, promqlNow, sql } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

/** Whether people get what they came for, and money goes where it should. */
export const business: DashboardSpec = {
  uid: 'business',
  title: 'Business',
  purpose: 'Whether people get what they came for, and money goes where it should.',
  variables: ['job'],
  range: '1h',
  panels: [
    {
      id: 1,
      title: 'Orders a minute',
      kind: 'timeseries',
      width: 8,
      question: 'How many orders are placed, and how many arrive?',
      normal: 'the shape of the day; those that arrive follow those placed, half an hour later.',
      otherwise:
        'fewer placed while menus are read as ever: something is in the way; “Errors by code” tells what.',
      unit: 'short',
      decimals: 1,
      min: 0,
      queries: [
        promql('60 * sum(job:orders_created:rate2m{job=~"$job"})', 'placed'),
        promql('60 * sum(job:orders_completed:rate2m{job=~"$job"})', 'delivered'),
      ],
      links: [toDashboard('http', 'Requests')],
      empty: 'No service takes orders.',
    },
    {
      id: 2,
      title: 'Menus read that become orders',
      kind: 'timeseries',
      width: 8,
      question: 'Which share of those who look at a menu order from it?',
      normal: 'steady; it moves with menus and prices, not with the hour.',
      otherwise: 'it fell: ordering or paying fails, or takes too long.',
      unit: 'percentunit',
      min: 0,
      queries: [
        promql(
          `
          sum(job:orders_created:rate2m{job=~"$job"})
          / (max(job_route:http_requests:rate2m{route="/api/v1/restaurants/:id"}) > 0)
          `,
          'orders per menu read',
        ),
      ],
      links: [toDashboard('http', 'Requests')],
      empty: 'Nobody read a menu.',
    },
    {
      id: 3,
      title: 'Revenue of each hour',
      kind: 'timeseries',
      width: 8,
      question: 'How much money came in, and how much was given back?',
      normal: 'the shape of the day; refunds a small share.',
      otherwise:
        'none came in while orders are delivered: capturing fails. Refunds leapt: ask support.',
      unit: 'currencyEUR',
      min: 0,
      queries: [
        sql(`
          SELECT hour AS "time", captured_cents / 100.0 AS captured, refunded_cents / 100.0 AS refunded
          FROM analytics.hours
          WHERE $__timeFilter(hour) OR hour = date_trunc('hour', $__timeTo()::timestamptz)
          ORDER BY hour
        `),
      ],
      empty: 'Nothing was earned in this time.',
    },
    {
      id: 4,
      title: 'Captures that fail',
      kind: 'timeseries',
      width: 8,
      question: 'Which share of payments can’t be captured for a reason of ours?',
      normal: '0 %; a card that is declined is an answer, no failure.',
      otherwise: 'the card processor, or the ledger: error lines and traces tell which.',
      unit: 'percentunit',
      min: 0,
      queries: [
        promql(
          `
          job:payment_capture_errors_per_captures:ratio_rate2m{job=~"$job"}
          or 0 * (job:payment_captures:rate2m{job=~"$job"} > 0)
          `,
          '{{job}}',
        ),
      ],
      alerts: [{ name: 'PaymentCaptureErrors' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'Nothing was captured.',
    },
    {
      id: 5,
      title: 'Slowest 5 % of captures',
      kind: 'timeseries',
      width: 8,
      question: 'How long does one capture in twenty take, retries included?',
      normal: 'under 500 ms; most of it is the card processor.',
      otherwise: 'a diamond leads to the trace: the processor, or a wait for the ledger.',
      unit: 's',
      min: 0,
      queries: [
        promql('job:payment_capture_duration_seconds:p95_rate2m{job=~"$job"}', '{{job}}'),
        exemplarsOf('payment_capture_duration_seconds'),
      ],
      alerts: [{ name: 'PaymentCaptureSlow' }],
      links: [toSlowTraces, toErrorLogs],
      empty: 'Nothing was captured.',
    },
    {
      id: 6,
      title: 'Postings that do not balance',
      kind: 'timeseries',
      width: 8,
      question: 'Was money made or lost, in the last five minutes?',
      normal: 'none, ever.',
      otherwise: 'stop payouts; the log has `ledger_invariant_violated` with the posting.',
      unit: 'short',
      min: 0,
      queries: [promql('300 * job:ledger_invariant_violations:rate5m{job=~"$job"}', '{{job}}')],
      alerts: [{ name: 'LedgerInvariantViolated' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No service keeps a ledger.',
    },
    {
      id: 7,
      title: 'Orders by status',
      kind: 'bars',
      width: 6,
      question: 'Where are the orders of now?',
      normal: 'delivered and cancelled grow; few stay between.',
      otherwise: 'many placed: restaurants do not confirm. Many preparing: no couriers.',
      unit: 'short',
      min: 0,
      queries: [promqlNow('max by (status) (galley_orders{job=~"$job"})', '{{status}}')],
      empty: 'No service counts orders.',
    },
    {
      id: 8,
      title: 'Captures by outcome',
      kind: 'timeseries',
      width: 9,
      question: 'How do people pay, and how does it end?',
      normal: 'success above all; a few cards are declined.',
      otherwise: 'declined leapt for cards alone: the processor. For wallets: balances.',
      unit: 'ops',
      min: 0,
      isStacked: true,
      queries: [
        promql(
          'sum by (method, result) (job_method_result:payment_captures:rate2m{job=~"$job"})',
          '{{method}} {{result}}',
        ),
      ],
      links: [toDashboard('http', 'Requests')],
      empty: 'Nothing was captured.',
    },
    {
      id: 9,
      title: 'People',
      kind: 'timeseries',
      width: 9,
      question: 'How many people are here, and how many of them order?',
      normal: 'the shape of the day.',
      otherwise: 'nobody is here: logins fail, or the way to us is broken.',
      unit: 'short',
      min: 0,
      queries: [
        promql('max(job:galley_active_users:max{job=~"$job"})', 'active in five minutes'),
        promql(
          'max by (period) (job_period:galley_ordering_customers:max{job=~"$job"})',
          'ordered in the last {{period}}',
        ),
      ],
      links: [toDashboard('http', 'Requests')],
      empty: 'No service counts people.',
    },
    {
      id: 10,
      title: 'Popular restaurants',
      kind: 'table',
      width: 8,
      question: 'From which restaurants is ordered most in this time?',
      normal: 'much the same ten as yesterday.',
      otherwise: 'one is missing: did it close, or does it no longer confirm?',
      unit: 'short',
      queries: [
        sql(`
          SELECT name, sum(orders) AS orders,
            sum(captured_cents - refunded_cents) / 100.0 AS revenue
          FROM analytics.restaurant_hours JOIN catalogue.restaurants ON id = restaurant_id
          WHERE hour >= date_trunc('hour', $__timeFrom()::timestamptz) AND hour <= $__timeTo()
          GROUP BY name ORDER BY orders DESC, name LIMIT 10
        `),
      ],
      columns: {
        name: { title: 'Restaurant' },
        orders: { title: 'Orders', unit: 'short' },
        revenue: { title: 'Revenue', unit: 'currencyEUR' },
      },
      empty: 'Nobody ordered in this time.',
    },
    {
      id: 11,
      title: 'Popular dishes',
      kind: 'table',
      width: 8,
      question: 'What is eaten most in this time?',
      normal: 'much the same ten as yesterday.',
      otherwise: 'nothing to mend: ask the restaurants.',
      unit: 'short',
      queries: [
        sql(`
          SELECT name, sum(quantity) AS quantity, sum(sold_cents) / 100.0 AS sold
          FROM analytics.dish_hours JOIN catalogue.dishes ON id = dish_id
          WHERE hour >= date_trunc('hour', $__timeFrom()::timestamptz) AND hour <= $__timeTo()
          GROUP BY dish_id, name ORDER BY quantity DESC, name LIMIT 10
        `),
      ],
      columns: {
        name: { title: 'Dish' },
        quantity: { title: 'Ordered', unit: 'short' },
        sold: { title: 'Sold for', unit: 'currencyEUR' },
      },
      empty: 'Nobody ordered in this time.',
    },
    {
      id: 12,
      title: 'Most active customers',
      kind: 'table',
      width: 8,
      question: 'Who orders most, since the beginning? Ids alone: who looks here needs no names.',
      normal: 'regulars, with some orders a week.',
      otherwise: 'one with hundreds: a fraud, or a test that runs against the real system.',
      unit: 'short',
      queries: [
        sql(`
          SELECT customer_id::text AS customer, orders,
            (captured_cents - refunded_cents) / 100.0 AS spent, last_order_at AS last
          FROM analytics.customers WHERE orders > 0
          ORDER BY orders DESC, customer_id LIMIT 10
        `),
      ],
      columns: {
        customer: { title: 'Customer' },
        orders: { title: 'Orders', unit: 'short' },
        spent: { title: 'Spent', unit: 'currencyEUR' },
        last: { title: 'Last order', unit: 'dateTimeFromNow' },
      },
      empty: 'Nobody has ordered yet.',
    },
  ],
};
