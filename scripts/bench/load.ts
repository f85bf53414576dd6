// What the whole system carries: ten times the seeds' peak, then more until it is slow, then idle
// WebSockets. Its customers, and all that watches it, run on the same machine.
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { measureIdleConnections } from './load/idle-connections.ts';
import { measurePeak } from './load/peak.ts';
import { measureCapacity } from './load/ramp.ts';
import { createReport, type Report } from './load/report.ts';
import { startLoadedSystem, untilEverybodyIsThere } from './load/system.ts';

// With the traffic's shares, and a twentieth of it mistakes: 2,000 orders an hour.
const visitsPerSecond = 21;

const full = { warmUp: 60, peak: 300, step: { settle: 12, measured: 20 } };
const quick = { warmUp: 15, peak: 45, step: { settle: 6, measured: 8 } };

const page = join(import.meta.dirname, '../../docs/load-assumptions.md');

/** `npm run bench -- load [--quick] [--write]`; `--write` puts the figures into their page. */
export async function run(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: { quick: { type: 'boolean' }, write: { type: 'boolean' } },
  });
  const effort = values.quick ? quick : full;
  const report = createReport();
  describe(report, effort);
  await measureSystem(report, effort);
  const { connections, rssMiB, rssPerConnectionKiB } = await measureIdleConnections();
  report.say(
    `${connections.toLocaleString('en')} idle WebSockets: realtime has ${rssMiB.toFixed(0)} MiB ` +
      `resident (to be under 400), ${rssPerConnectionKiB.toFixed(1)} KiB for each.`,
  );
  if (values.write) report.writeInto(page);
}

async function measureSystem(report: Report, { warmUp, peak, step }: typeof full): Promise<void> {
  const system = await startLoadedSystem(visitsPerSecond);
  try {
    const { absent } = system.stack.state;
    if (absent.length > 0) {
      const names = absent.map(({ name }) => name).join(', ');
      report.say(`Not on this machine: ${names}. Spans are recorded and sent all the same.`);
    }
    await untilEverybodyIsThere(system);
    await sleep(warmUp * 1_000);
    report.say(
      `At ten times the peak, over ${peak} s (p95 of every core endpoint to be under 100 ms):`,
    );
    await measurePeak(system, peak, report);
    report.say(
      `Then ever more, ${step.measured} s each, after ${step.settle} s in which the rate takes effect:`,
    );
    await measureCapacity(system, visitsPerSecond, step, report);
  } finally {
    await system.stop();
  }
}

function describe(report: Report, { peak }: typeof full): void {
  const [processor] = cpus();
  const load = loadavg()
    .map((each) => each.toFixed(1))
    .join(', ');
  report.say(
    `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench -- load${peak === full.peak ? '' : ' --quick'}\`: ` +
      `${cpus().length} cores of ${processor?.model.trim()}, Node ${process.version}, everything of ` +
      `\`npm start\` on the one machine, customers and watchers included, telemetry and argon2id as ` +
      `shipped. Load average of the machine before it began (1, 5, 15 minutes): ${load}.`,
  );
}
