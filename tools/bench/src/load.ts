// The capacity of the whole system: ten times the seeds' peak, then more until it is slow, then idle
// WebSockets. Traffic and monitoring run on the same machine.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitForTrafficAccounts } from '@watchkeeper/drills/systems/traffic-accounts';
import { repositoryRoot } from '@watchkeeper/stack';
import { measureIdleConnections } from './load/idle-connections.ts';
import { measurePeak } from './load/peak.ts';
import { measureCapacity } from './load/ramp.ts';
import { type LoadedSystem, withLoadedSystem } from './load/system.ts';
import { parseParts } from './report/parts.ts';
import { createReport, describeMachine, formatCount, type Report } from './report/report.ts';

// With the traffic's shares, and a twentieth of it mistakes: 2,000 orders an hour.
const visitsPerSecond = 21;

const full = { warmUp: 60, peak: 300, step: { settle: 12, measured: 20 } };
const quick = { warmUp: 15, peak: 45, step: { settle: 6, measured: 8 } };

const parts = ['peak', 'capacity', 'idle'] as const;
const usage = `npm run bench -- load [--quick] [--write] [${parts.join('|')}]...

  --write  replaces the figures in docs/load-assumptions.md`;
const options = { quick: { type: 'boolean' }, write: { type: 'boolean' } } as const;

export async function run(parameters: string[]): Promise<void> {
  const { values, parts: chosen } = parseParts(parameters, { parts, options, usage });
  const report = createReport();
  const command = ['load', ...parameters.filter((word) => word !== '--write')].join(' ');
  const conditions =
    `Node ${process.version}, everything of \`npm start\` on one machine, traffic and monitoring ` +
    'included, telemetry and argon2id as shipped';
  report.paragraph(describeMachine(command, conditions));
  const effort = values.quick ? quick : full;
  if (chosen.some((part) => part !== 'idle')) {
    await withLoadedSystem(visitsPerSecond, (system) =>
      measureSystem(report, effort, chosen, system),
    );
  }
  if (chosen.includes('idle')) await reportIdle(report);
  if (values.write) report.writeInto(join(repositoryRoot, 'docs/load-assumptions.md'));
}

async function measureSystem(
  report: Report,
  { warmUp, peak, step }: typeof full,
  chosen: readonly (typeof parts)[number][],
  system: LoadedSystem,
): Promise<void> {
  const { absent } = system.stack.state;
  if (absent.length > 0) {
    const names = absent.map(({ name }) => name).join(', ');
    report.paragraph(`Not on this machine: ${names}. Spans are recorded and sent nevertheless.`);
  }
  await waitForTrafficAccounts(system.stack);
  await sleep(warmUp * 1_000);
  if (chosen.includes('peak')) {
    report.paragraph(
      `At ten times the peak, over ${peak} s (target: p95 of every core endpoint under 100 ms):`,
    );
    await measurePeak(system, peak, report);
  }
  if (!chosen.includes('capacity')) return;
  report.paragraph(
    `Increasing rates, ${step.measured} s each, after ${step.settle} s in which the rate takes effect:`,
  );
  await measureCapacity(system, visitsPerSecond, step, report);
}

async function reportIdle(report: Report): Promise<void> {
  const { connections, rssMiB, rssPerConnectionKiB } = await measureIdleConnections();
  report.paragraph(
    `${formatCount(connections)} idle WebSockets: realtime has ${rssMiB.toFixed(0)} MiB ` +
      `resident (target: under 400), ${rssPerConnectionKiB.toFixed(1)} KiB for each.`,
  );
}
