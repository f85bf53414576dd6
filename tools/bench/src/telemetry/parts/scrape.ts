import { contenders, type Service, startService } from '../contenders.ts';
import { alternate, type Bench, medians } from '../measure.ts';

// The code is then as warm as in a service that has run for ten minutes.
const warmUpScrapes = 40;

/** The event loop time of a scrape, and the longest time without a turn for anything else. */
export async function measureScrapes({ report, effort }: Bench): Promise<void> {
  const rows: string[][] = [];
  for (const series of ['5000', '50000']) {
    const service = await startService(contenders.metrics, { SERIES: series });
    try {
      for (let i = 0; i < warmUpScrapes; i += 1) await scrape(service);
      const samples = await alternate(['only'], effort.rounds * 2 + 1, () => sample(service));
      const { activeMs, longestBlockMs, lines, mebibytes } = medians(samples.only);
      const longest = Math.max(...samples.only.map((one) => one.longestBlockMs));
      const figures = [activeMs, longestBlockMs, longest].map((figure) => figure.toFixed(1));
      rows.push([lines.toFixed(0), mebibytes.toFixed(2), ...figures]);
    } finally {
      await service.stop();
    }
  }
  report.paragraph('One scrape');
  const head = ['series', 'MiB', 'event loop ms', 'longest block ms', 'longest of all'];
  report.table(head, rows);
}

async function scrape({ managementAddress }: Service): Promise<string> {
  const response = await fetch(`http://${managementAddress}/metrics`);
  return response.text();
}

async function sample(service: Service) {
  const before = await service.readUsage();
  await scrape(service);
  const after = await service.readUsage('watch');
  const text = await scrape(service);
  const { longestBlockMs } = await service.readUsage();
  return {
    activeMs: after.activeMs - before.activeMs,
    longestBlockMs,
    lines: text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
    mebibytes: Buffer.byteLength(text) / 1_048_576,
  };
}
