import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { judgeCorpus, readCorpus, shippedRules } from '@watchkeeper/checks/scenarios/corpus';
import { formatIncidents } from '@watchkeeper/checks/scenarios/incident-table';
import { score, type Verdict } from '@watchkeeper/checks/scenarios/precision-recall';
import { findPromtool } from '@watchkeeper/stack';
import { startPast } from './past.ts';

const root = join(import.meta.dirname, '../..');
const corpus = readCorpus(root);
const ruleFiles = shippedRules(root);
let verdicts: readonly Verdict[];
let promtool: string;

beforeAll(async () => {
  promtool = await findPromtool();
  verdicts = await judgeCorpus(corpus, { promtool, ruleFiles });
}, 900_000);

test('covers at least forty faulty and forty healthy situations', () => {
  const faulty = corpus.filter(({ faultAt }) => faultAt !== undefined).length;
  expect(faulty).toBeGreaterThanOrEqual(40);
  expect(corpus.length - faulty).toBeGreaterThanOrEqual(40);
});

test('has a precision and a recall of at least 98 %', () => {
  const mistakes = verdicts
    .filter(({ missed, wrong }) => missed.length + wrong.length > 0)
    .map(({ scenario, missed, wrong }) => ({ scenario: scenario.name, missed, wrong }));
  const { precision, recall } = score(verdicts);
  expect({ isPrecise: precision >= 0.98, isComplete: recall >= 0.98, mistakes }).toMatchObject({
    isPrecise: true,
    isComplete: true,
  });
});

// A scenario begins at promtool's zero hour, and at one of its own in the storage.
const readsTheClock = (alert: string) => /Certificate|Backup/.test(alert);

test('the backtest agrees with the rule engine on when each alert fires, and for how long', async () => {
  const past = await startPast(
    verdicts.map(({ scenario }) => scenario),
    { promtool, ruleFiles },
  );
  try {
    const differences: string[] = [];
    for (const [index, { scenario, firings }] of verdicts.entries()) {
      const differs = compare(firings, await past.backtest(index));
      differences.push(...differs.map((difference) => `${scenario.name}: ${difference}`));
    }
    expect(differences).toEqual([]);
  } finally {
    await past.stop();
  }
}, 600_000);

function compare(engine: Verdict['firings'], backtest: Verdict['firings']): string[] {
  const names = new Set([...engine.keys(), ...backtest.keys()]);
  return [...names].flatMap((name) => {
    if (readsTheClock(name)) return [];
    const [one, other] = [engine.get(name), backtest.get(name)];
    if (one === undefined || other === undefined) {
      return [`${name} ${one ? 'fires in the engine' : 'fires in the backtest'} only`];
    }
    const isSame = (value: number, expected: number) => Math.abs(value - expected) <= one.interval;
    if (isSame(one.firstAt, other.firstAt) && isSame(one.seconds, other.seconds)) return [];
    return [
      `${name}: ${JSON.stringify(one)} in the engine, ${JSON.stringify(other)} in the backtest`,
    ];
  });
}

test('covers at least twenty-two incidents from public reports, three of them harmless', () => {
  const incidents = corpus.filter(({ source }) => source !== undefined);
  expect(incidents.length).toBeGreaterThanOrEqual(22);
  const harmless = incidents.filter(({ faultAt }) => faultAt === undefined);
  expect(harmless.length).toBeGreaterThanOrEqual(3);
});

test('the documentation has the current table of incidents', () => {
  // `npm run bench -- alerts incidents --write` writes it.
  expect(readFileSync(join(root, 'docs/alert-accuracy.md'), 'utf8')).toContain(
    `<!-- incidents:begin -->\n${formatIncidents(verdicts)}\n<!-- incidents:end -->`,
  );
});
