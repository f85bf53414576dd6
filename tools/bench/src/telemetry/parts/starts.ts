import { median } from '../../report/report.ts';
import { contenders, startService } from '../contenders.ts';
import { alternate, type Bench } from '../measure.ts';

/** Time from the start of a process to its first possible request. */
export async function measureStarts({ report, effort, collectorUrl }: Bench): Promise<void> {
  const { bare, metrics, all100, recipe100 } = contenders;
  const chosen = { bare, metrics, all100, recipe100 };
  const names = Object.keys(chosen) as (keyof typeof chosen)[];
  const samples = await alternate(names, effort.rounds, async (name) => {
    const service = await startService(chosen[name], { OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl });
    await service.stop();
    return service.startMs;
  });
  const rows = names.map((name) => {
    const [startMs, bareMs] = [median(samples[name]), median(samples.bare)];
    return [chosen[name].name, startMs.toFixed(0), (startMs - bareMs).toFixed(0)];
  });
  report.paragraph('Start of the process to the first request');
  report.table(['', 'ms', 'added ms'], rows);
}
