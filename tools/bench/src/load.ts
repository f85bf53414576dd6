// What the whole system carries: ten times the seeds' peak, then more until it is slow, then idle
// WebSockets. Its customers, and all that watches it, run on the same machine.

import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { waitForTrafficAccounts } from '@watchkeeper/drills/systems/traffic-accounts';
import { repositoryRoot } from '@watchkeeper/stack';
import { measureIdleConnections } from './load/idle-connections.ts';
import { measurePeak } from './load/peak.ts';
import { measureCapacity } from './load/ramp.ts';
import { createReport, type Report } from './load/report.ts';
import { startLoadedSystem } from './load/system.ts';

// With the traffic's shares, and a twentieth of it mistakes: 2,000 orders an hour.
const visitsPerSecond = 21;

const full = { warmUp: 60, peak: 300, step: { settle: 12, measured: 20 } };
const quick = { warmUp: 15, peak: 45, step: { settle: 6, measured: 8 } };

const page = join(repositoryRoot, 'docs/load-assumptions.md');

const parts = ['peak', 'capacity', 'idle'] as const;
const usage = `npm run bench -- load [--quick] [--write] [${parts.join('|')}]...`;

type Part = (typeof parts)[number];

/** `npm run bench -- load [--quick] [--write] [part]...`; `--write` puts the figures into their page. */
export async function run(parameters: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: parameters,
    options: { quick: { type: 'boolean' }, write: { type: 'boolean' } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !parts.includes(name as Part));
  if (unknown.length > 0) {
    console.error(`Expected parts of the benchmark, got \`${unknown.join(' ')}\`. Usage: ${usage}`);
    process.exit(2);
  }
  const wanted = new Set(positionals.length > 0 ? (positionals as Part[]) : parts);
  const effort = values.quick ? quick : full;
  const report = createReport();
  describe(report, ['load', ...parameters.filter((word) => word !== '--write')].join(' '));
  if (wanted.has('peak') || wanted.has('capacity')) await measureSystem(report, effort, wanted);
  if (wanted.has('idle')) await reportIdle(report);
  if (values.write) report.writeInto(page);
}

async function measureSystem(
  report: Report,
  { warmUp, peak, step }: typeof full,
  wanted: ReadonlySet<Part>,
): Promise<void> {
  const system = await startLoadedSystem(visitsPerSecond);
  try {
    const { absent } = system.stack.state;
    if (absent.length > 0) {
      const names = absent.map(({ name }) => name).join(', ');
      report.say(`Not on this machine: ${names}. Spans are recorded and sent all the same.`);
    }
    await waitForTrafficAccounts(system.stack);
    await sleep(warmUp * 1_000);
    if (wanted.has('peak')) {
      report.say(
        `At ten times the peak, over ${peak} s (p95 of every core endpoint to be under 100 ms):`,
      );
      await measurePeak(system, peak, report);
    }
    if (!wanted.has('capacity')) return;
    report.say(
      `Ever more, ${step.measured} s each, after ${step.settle} s in which the rate takes effect:`,
    );
    await measureCapacity(system, visitsPerSecond, step, report);
  } finally {
    await system.stop();
  }
}

async function reportIdle(report: Report): Promise<void> {
  const { connections, rssMiB, rssPerConnectionKiB } = await measureIdleConnections();
  report.say(
    `${connections.toLocaleString('en')} idle WebSockets: realtime has ${rssMiB.toFixed(0)} MiB ` +
      `resident (to be under 400), ${rssPerConnectionKiB.toFixed(1)} KiB for each.`,
  );
}

function describe(report: Report, command: string): void {
  const [processor] = cpus();
  const load = loadavg()
    .map((each) => each.toFixed(1))
    .join(', ');
  report.say(
    `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench -- ${command}\`: ` +
      `${cpus().length} cores of ${processor?.model.trim()}, Node ${process.version}, everything of ` +
      `\`npm start\` on the one machine, customers and watchers included, telemetry and argon2id as ` +
      `shipped. Load average of the machine before it began (1, 5, 15 minutes): ${load}.`,
  );
}
