import { type Contender, contenders } from '../contenders.ts';
import type { Bench } from '../measure.ts';
import { compare } from './throughput.ts';

// MiB. V8 lets the young generation grow as soon as some of it outlives a collection.
const bounded = { NODE_OPTIONS: '--max-semi-space-size=4' };

/** Memory with a young generation that V8 may grow, and with a small one. */
export async function measureMemory(bench: Bench): Promise<void> {
  const chosen = {
    bare: contenders.bare,
    all10: contenders.all10,
    bareBounded: small(contenders.bare),
    all10Bounded: small(contenders.all10),
  };
  const names = Object.keys(chosen) as (keyof typeof chosen)[];
  const results = await compare(bench, chosen, '/hello/17');
  const rows = names.map((name) => {
    const base = results[name.endsWith('Bounded') ? 'bareBounded' : 'bare'];
    const { perSecond, rssMebibytes } = results[name];
    const share = (perSecond / base.perSecond).toFixed(2);
    const added = (rssMebibytes - base.rssMebibytes).toFixed(0);
    return [chosen[name].name, perSecond.toFixed(0), share, rssMebibytes.toFixed(0), added];
  });
  bench.report.paragraph('Memory');
  bench.report.table(['', 'req/s', 'of bare', 'RSS MiB', 'added'], rows);
}

function small(contender: Contender): Contender {
  const name = `${contender.name}, \`${bounded.NODE_OPTIONS}\``;
  return { ...contender, name, environment: { ...contender.environment, ...bounded } };
}
