import { setTimeout as sleep } from 'node:timers/promises';
import { type Usage, watchUsage } from '../machine/usage.ts';
import { formatCount, type Report } from '../report/report.ts';
import type { LoadedSystem } from './system.ts';
import { coreEndpoints, type Span, summarize } from './timings.ts';

type Step = ReturnType<typeof summarizeStep>;

const limitMs = 500;
const growth = 1.3;
// The highest rate that the traffic accepts.
const maxRate = 1_000;
const flushMs = 500;

/** Raises the rate until the p95 of a group of endpoints exceeds 500 ms. */
export async function measureCapacity(
  system: LoadedSystem,
  startRate: number,
  { settle, measured }: { settle: number; measured: number },
  report: Report,
): Promise<void> {
  const steps: Step[] = [];
  for (let rate = startRate * growth; rate <= maxRate; rate *= growth) {
    await system.setRate(rate);
    await sleep(settle * 1_000);
    const [fromMs, usage] = [Date.now(), watchUsage(system.stack.state.components)];
    await sleep(measured * 1_000);
    const [toMs, used] = [Date.now(), usage()];
    await sleep(flushMs);
    const step = summarizeStep(system, { fromMs, toMs }, used);
    steps.push(step);
    if (isOver(step)) break;
  }
  reportSteps(steps, report);
}

function summarizeStep(system: LoadedSystem, span: Span, usage: Usage) {
  const timings = system.timings(span);
  const seconds = (span.toMs - span.fromMs) / 1_000;
  const { failed } = summarize(timings);
  const orders = summarize(timings, ['POST /api/v1/orders']).succeeded;
  return {
    requestsPerSecond: timings.length / seconds,
    ordersPerHour: (orders / seconds) * 3_600,
    ...{ failed, usage },
    byGroup: Object.entries(coreEndpoints).map(
      ([group, endpoints]) => [group, summarize(timings, endpoints)] as const,
    ),
  };
}

/** A group without a response is over the limit as well. */
const isOver = ({ byGroup }: Step) => byGroup.some(([, { p95Ms }]) => !(p95Ms <= limitMs));

function reportSteps(steps: readonly Step[], report: Report): void {
  const rows = steps.map(({ requestsPerSecond, ordersPerHour, failed, usage, byGroup }) => [
    ...[requestsPerSecond.toFixed(0), formatCount(ordersPerHour)],
    ...[String(failed), ...byGroup.map(([, { p95Ms }]) => p95Ms.toFixed(0))],
    ...[usage.ownCores.toFixed(2), usage.otherCores.toFixed(2)],
  ]);
  const groups = Object.keys(coreEndpoints).map((group) => `p95 ms, ${group}`);
  report.table(
    ['requests/s', 'orders per hour', 'failed', ...groups, 'cores, system', 'cores, others'],
    rows,
  );
  const last = steps.findLast((step) => !isOver(step));
  const capacity =
    last === undefined
      ? 'below the first step'
      : `${last.requestsPerSecond.toFixed(0)} requests/s with ${formatCount(last.ordersPerHour)} orders per hour`;
  report.paragraph(
    `**Measured capacity: ${capacity}**, the highest rate with a p95 of every group within ${limitMs} ms.`,
  );
}
