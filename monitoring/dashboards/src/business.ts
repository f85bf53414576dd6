import {
  bars,
  count,
  decimal,
  euros,
  ratio,
  seconds,
  stackedPerSecond,
  table,
} from './shapes/graphs.ts';
import { toDashboard, toErrorLogs, toErrorTraces, toSlowTraces } from './shapes/links.ts';
import { promql, promqlNow, ratioOrZero, sql, sumBy, withExemplars } from './shapes/queries.ts';
import type { DashboardSpec } from './shapes/spec.ts';

export const business: DashboardSpec = {
  uid: 'business',
  title: 'Business',
  purpose: 'Orders, revenue and payments.',
  empty: 'No payment captures.',
  panels: [
    decimal(1, 'Orders per minute', {
      question: 'How many orders are placed, and how many are delivered?',
      normal: 'the daily pattern; deliveries follow half an hour after orders.',
      otherwise: 'fewer placed at the usual menu views: ordering is broken; see “Errors by code”.',
      queries: [
        promql('60 * sum(job:orders_created:rate2m{job=~"$job"})', 'placed'),
        promql('60 * sum(job:orders_completed:rate2m{job=~"$job"})', 'delivered'),
      ],
      links: [toDashboard('http', 'Requests')],
      empty: 'No order metrics.',
    }),
    ratio(2, 'Conversion rate', {
      question: 'Which share of menu views leads to an order?',
      normal: 'steady; it depends on menus and prices, not on the hour.',
      otherwise: 'it fell: ordering or paying fails, or takes too long.',
      queries: promql(`
        sum(job:orders_created:rate2m{job=~"$job"})
        / (max(job_route:http_requests:rate2m{route="/api/v1/restaurants/:id"}) > 0)
      `),
      legend: 'orders per menu view',
      links: [toDashboard('http', 'Requests')],
      empty: 'No menu views.',
    }),
    euros(3, 'Revenue per hour', {
      question: 'How much was captured, and how much refunded?',
      normal: 'the daily pattern; few refunds.',
      otherwise:
        'no revenue while orders are delivered: captures fail. Refunds jumped: ask support.',
      queries: [
        sql(`
          SELECT hour AS "time", captured_cents / 100.0 AS captured, refunded_cents / 100.0 AS refunded
          FROM analytics.hours
          WHERE $__timeFilter(hour) OR hour = date_trunc('hour', $__timeTo()::timestamptz)
          ORDER BY hour
        `),
      ],
      empty: 'No revenue in this time range.',
    }),
    ratio(4, 'Payment capture error ratio', {
      question: 'Which share of payment captures fails because of an error?',
      normal: '0 %; a declined card is not an error.',
      otherwise: 'the card processor, or the ledger: see error logs and traces.',
      queries: ratioOrZero(
        'job:payment_capture_errors_per_captures:ratio_rate2m',
        'job:payment_captures:rate2m',
      ),
      alerts: [{ name: 'PaymentCaptureErrors' }],
      links: [toErrorLogs, toErrorTraces],
    }),
    seconds(5, 'Payment capture latency p95', {
      question: 'What latency do 5 % of captures exceed, including retries?',
      normal: 'under 500 ms; most of it is the card processor.',
      otherwise: 'click a diamond for the trace: the processor, or a wait for the ledger.',
      queries: withExemplars('job:payment_capture_duration_seconds:p95_rate2m'),
      alerts: [{ name: 'PaymentCaptureSlow' }],
      links: [toSlowTraces, toErrorLogs],
    }),
    count(6, 'Unbalanced postings', {
      question: 'Did money appear or disappear in the last five minutes?',
      normal: 'none, ever.',
      otherwise: 'stop payouts; the log has `ledger_invariant_violated` with the posting.',
      queries: promql('300 * job:ledger_invariant_violations:rate5m{job=~"$job"}', '{{job}}'),
      alerts: [{ name: 'LedgerInvariantViolated' }],
      links: [toErrorLogs, toErrorTraces],
      empty: 'No ledger metrics.',
    }),
    bars(7, 'Orders by status', {
      width: 6,
      question: 'How many orders are in each status now?',
      normal: 'delivered and cancelled grow; few are in between.',
      otherwise: 'many placed: restaurants do not confirm. Many preparing: no couriers.',
      min: 0,
      queries: promqlNow('max by (status) (galley_orders{job=~"$job"})', '{{status}}'),
      empty: 'No order metrics.',
    }),
    stackedPerSecond(8, 'Payment captures by result', {
      width: 9,
      question: 'Which payment methods are used, and with which result?',
      normal: 'almost only success; a few declined cards.',
      otherwise: 'declined jumped for cards only: the processor. For wallets: balances.',
      queries: sumBy('job_method_result:payment_captures:rate2m', 'method', 'result'),
      links: [toDashboard('http', 'Requests')],
    }),
    count(9, 'Active users and ordering customers', {
      width: 9,
      question: 'How many users are active, and how many of them order?',
      normal: 'the daily pattern.',
      otherwise: 'nobody is active: logins fail, or clients cannot reach us.',
      queries: [
        promql('max(job:galley_active_users:max{job=~"$job"})', 'active in the last five minutes'),
        promql(
          'max by (period) (job_period:galley_ordering_customers:max{job=~"$job"})',
          'ordered in the last {{period}}',
        ),
      ],
      links: [toDashboard('http', 'Requests')],
      empty: 'No user metrics.',
    }),
    table(10, 'Top restaurants', {
      width: 8,
      question: 'Which restaurants have the most orders in this time range?',
      normal: 'much the same ten as yesterday.',
      otherwise: 'one is missing: did it close, or does it no longer confirm?',
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
      empty: 'No orders in this time range.',
    }),
    table(11, 'Top dishes', {
      width: 8,
      question: 'Which dishes are ordered most in this time range?',
      normal: 'much the same ten as yesterday.',
      otherwise: 'nothing to fix: ask the restaurants.',
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
        sold: { title: 'Revenue', unit: 'currencyEUR' },
      },
      empty: 'No orders in this time range.',
    }),
    table(12, 'Top customers', {
      width: 8,
      question:
        'Which customers have ordered most, ever? Only ids, because names are not needed here.',
      normal: 'regulars, with some orders a week.',
      otherwise: 'one with hundreds: fraud, or a test against the production system.',
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
      empty: 'No orders yet.',
    }),
  ],
};
