import { contenders, type Service, startService } from '../contenders.ts';
import { alternate, type Bench, medians } from '../measure.ts';
import { printTable } from '../table.ts';

// The code of a scrape is as warm as in a service that has run for ten minutes.
const warmUpScrapes = 40;

/** What one scrape takes from the event loop, and in how long a piece. */
export async function measureScrapes({ effort }: Bench): Promise<void> {
  const rows: string[][] = [];
  for (const series of ['5000', '50000']) {
    const service = await startService(contenders.metrics, { SERIES: series });
    try {
      for (let i = 0; i < warmUpScrapes; i += 1) await scrape(service);
      const samples = await alternate(['only'], effort.rounds * 2 + 1, () => sample(service));
      const { activeMs, longestPieceMs, lines, mebibytes } = medians(samples.only);
      const longest = Math.max(...samples.only.map((one) => one.longestPieceMs));
      const figures = [activeMs, longestPieceMs, longest].map((figure) => figure.toFixed(1));
      rows.push([lines.toFixed(0), mebibytes.toFixed(2), ...figures]);
    } finally {
      await service.stop();
    }
  }
  const head = ['series', 'MiB', 'event loop ms', 'longest piece ms', 'longest of all'];
  printTable('One scrape', head, rows);
}

async function scrape({ managementAddress }: Service): Promise<string> {
  const response = await fetch(`http://${managementAddress}/metrics`);
  return response.text();
}

async function sample(service: Service) {
  const before = await service.ask();
  await scrape(service);
  const after = await service.ask('watch');
  const text = await scrape(service);
  const { longestPieceMs } = await service.ask();
  return {
    activeMs: after.activeMs - before.activeMs,
    longestPieceMs,
    lines: text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
    mebibytes: Buffer.byteLength(text) / 1_048_576,
  };
}
