import { setTimeout as sleep } from 'node:timers/promises';
import { watchUsage } from '../machine/usage.ts';
import { formatCount, type Report } from '../report/report.ts';
import type { LoadedSystem } from './system.ts';
import { coreEndpoints, type Span, type Summary, summarize } from './timings.ts';

// For the last lines of the traffic's file, and the last scrape.
const afterMs = 6_000;

/** Measures and reports the current rate over some seconds. */
export async function measurePeak(
  system: LoadedSystem,
  seconds: number,
  report: Report,
): Promise<void> {
  const endUsage = watchUsage(system.stack.state.components);
  const fromMs = Date.now();
  await sleep(seconds * 1_000);
  const toMs = Date.now();
  const { components, ownCores, otherCores } = endUsage();
  await sleep(afterMs);
  await reportVolumes(system, seconds, report);
  await reportEndpoints(system, { fromMs, toMs }, report);
  report.paragraph(
    `Cores in use: ${ownCores.toFixed(2)} by the system with monitoring and traffic, ` +
      `${otherCores.toFixed(2)} by other processes.`,
  );
  report.table(
    ['process', 'cores', 'resident MiB'],
    components.map(({ name, cores, residentMebibytes }) => [
      ...[name, cores.toFixed(3), residentMebibytes.toFixed(0)],
    ]),
  );
}

const volumes: readonly (readonly [string, string])[] = [
  ['requests at the gateway', 'http_requests_total{job="gateway"}'],
  ['orders created', 'orders_created_total'],
  ['payments captured', 'payment_captures_total{result="success"}'],
  ['courier assignments accepted', 'delivery_assignments_total{result="accepted"}'],
  ['deliveries confirmed', 'orders_completed_total'],
  ['webhook deliveries', 'webhook_deliveries_total'],
  ['events handled', 'events_processed_total'],
  ['messages to WebSockets', 'ws_messages_sent_total{job="realtime"}'],
  ['spans kept by Jaeger', 'otelcol_receiver_accepted_spans'],
];

async function reportVolumes(system: LoadedSystem, seconds: number, report: Report) {
  const rows = volumes.map(async ([name, series]) => {
    const found = await system.query(`sum(rate(${series}[${Math.round(seconds)}s])) * 3600`);
    return [name, formatCount(found.get('') ?? 0)];
  });
  report.table(['volume', 'per hour'], await Promise.all(rows));
}

async function reportEndpoints(system: LoadedSystem, span: Span, report: Report): Promise<void> {
  const timings = system.timings(span);
  const seconds = Math.round((span.toMs - span.fromMs) / 1_000);
  const p95 = await system.query(
    `histogram_quantile(0.95, sum by (method, route, le) (rate(http_request_duration_seconds_bucket{job="api"}[${seconds}s])))`,
    ['method', 'route'],
  );
  const row = (name: string, summary: Summary, serverSeconds?: number) => [
    ...[name, String(summary.succeeded), String(summary.failed)],
    ...[summary.p50Ms, summary.p95Ms, summary.p99Ms].map((ms) => ms.toFixed(1)),
    serverSeconds === undefined ? 'from the gateway' : (serverSeconds * 1_000).toFixed(1),
  ];
  const rows = Object.values(coreEndpoints)
    .flat()
    .map((name) => row(`\`${name}\``, summarize(timings, [name]), p95.get(name)));
  report.table(
    [
      ...['core endpoint', 'succeeded', 'failed'],
      ...['p50 ms', 'p95 ms', 'p99 ms', 'p95 ms at the api, by Prometheus'],
    ],
    [...rows, row('all requests, including others', summarize(timings))],
  );
}
